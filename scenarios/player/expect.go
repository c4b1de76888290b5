package player

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// expect holds a step against its expectation, and makes every check of it.
// A step without one must be accepted.
func (p *Player) expect(s *story.Step, o *outcome) {
	if o.err != nil {
		code := CodeReference
		if _, ok := authn.AsFault(o.err); ok {
			code = CodeFault
		}
		p.fail(failing{at: s.Pos, code: code, what: p.name, expected: "it can be done", got: o.err.Error()})
		return
	}
	m := &syntax.Node{Kind: syntax.Map, Pos: s.Pos}
	if s.Expect != nil {
		var err error
		if m, err = p.mapping(s.Expect); err != nil {
			p.fail(failing{at: s.Expect.Pos, code: CodeReference, what: "expect", got: err.Error()})
			return
		}
	}
	p.ending(s, m, o)
	p.check(m, o)
}

// ending checks how a step ended: accepted, refused, or in a crash.
func (p *Player) ending(s *story.Step, m *syntax.Node, o *outcome) {
	crashed, refused := m.Get("crashed"), m.Get("refused")
	switch {
	case o.crashed && crashed == nil:
		p.fail(failing{at: s.Pos, code: CodeExpect, what: p.name, expected: "it is told", got: "the process died"})
	case crashed != nil:
		p.missed(p.match(crashed, o.crashed, true, "crashed"))
	}
	if o.crashed {
		return
	}
	switch {
	case refused == nil && o.refusal != nil:
		at := s.Pos
		if ok := m.Get("ok"); ok != nil {
			at = ok.Pos
		}
		p.fail(failing{at: at, code: CodeRefused, what: p.name, expected: "accepted", got: refusal(o.refusal)})
	case refused != nil && o.refusal == nil:
		p.fail(failing{at: refused.Pos, code: CodeRefused, what: p.name, expected: "refused " + p.spelled(refused), got: "accepted"})
	case refused != nil:
		for _, f := range p.match(refused, string(o.refusal.Code), true, "refused") {
			f.code, f.what, f.got = CodeRefused, p.name, refusal(o.refusal)
			p.fail(f)
		}
	}
	if n := m.Get("native"); n != nil {
		p.native(n, o.refusal)
	}
	if n := m.Get("shown"); n != nil {
		p.shown(n, o.refusal)
	}
}

// shown checks the words that the product shows its user (O42).
func (p *Player) shown(n *syntax.Node, r *authn.Refusal) {
	if r == nil {
		p.fail(failing{at: n.Pos, code: CodeExpect, what: "shown", expected: p.spelled(n), got: "no refusal"})
		return
	}
	p.missed(p.match(n, r.Shown, r.Shown != "", "shown"))
}

// refusal writes one for a report.
func refusal(r *authn.Refusal) string {
	return fmt.Sprintf("refused %s (%s): %s", r.Code, r.Rule, r.Message)
}

// native checks the product's own number, or its number and name; of a
// product that has none, the words that it shows its user.
func (p *Player) native(n *syntax.Node, r *authn.Refusal) {
	if r == nil {
		p.fail(failing{at: n.Pos, code: CodeExpect, what: "native", expected: p.spelled(n), got: "no refusal"})
		return
	}
	words := cmp.Or(r.Native, r.Shown)
	var got any = words
	if v, err := p.shallow(n); err == nil {
		if _, ok := v.(int64); ok {
			number, _, _ := strings.Cut(r.Native, " ")
			if i, err := parseInt(number); err == nil {
				got = i
			}
		}
	}
	p.missed(p.match(n, got, words != "", "native"))
}

// check makes the checks that look at what is there; each that fails is kept.
func (p *Player) check(n *syntax.Node, o *outcome) {
	m, err := p.mapping(n)
	if err != nil {
		p.fail(failing{at: n.Pos, code: CodeReference, what: "check", got: err.Error()})
		return
	}
	if since := m.Get("since"); since != nil {
		if o, err = p.since(since); err != nil {
			p.fail(failing{at: since.Pos, code: CodeReference, what: "since", got: err.Error()})
			return
		}
	}
	for _, pair := range m.Pairs {
		n := pair.Value
		switch pair.Key {
		case "rule":
			p.ruled(n, o)
		case "pending":
			p.missed(p.match(n, o.pending != nil, true, "pending"))
		case "elapsed":
			p.missed(p.match(n, o.elapsed, true, "elapsed"))
		case "events":
			p.inOrder(n, o.events)
		case "events_exactly":
			p.exactly(n, o.events, m.Get("refused") != nil)
		case "no_events":
			p.none(n, o.events)
		case "count":
			p.counted(n, o.events)
		case "state":
			p.paths(n, "state")
		case "output":
			p.output(n, o)
		}
	}
}

// ruled checks the rule that a refusal names, or else one of the events.
func (p *Player) ruled(n *syntax.Node, o *outcome) {
	p.proves(n)
	if o.refusal != nil {
		p.missed(p.match(n, string(o.refusal.Rule), true, "rule"))
		return
	}
	var rules []string
	for _, e := range o.events {
		if e.Rule != "" && len(p.match(n, string(e.Rule), true, "rule")) == 0 {
			return
		}
		if e.Rule != "" && !slices.Contains(rules, string(e.Rule)) {
			rules = append(rules, string(e.Rule))
		}
	}
	p.fail(failing{at: n.Pos, code: CodeExpect, what: "rule", expected: p.spelled(n), got: p.show("", rules)})
}

// proves notes a rule that an expectation names.
func (p *Player) proves(n *syntax.Node) {
	if v, err := p.value(n); err == nil {
		if text, ok := v.(string); ok {
			p.tally.rules[authn.RuleID(text)] = true
		}
	}
}

// paths checks what paths name.
func (p *Player) paths(n *syntax.Node, root string) {
	m, err := p.mapping(n)
	if err != nil {
		p.fail(failing{at: n.Pos, code: CodeReference, what: root, got: err.Error()})
		return
	}
	for _, pair := range m.Pairs {
		v, there, err := p.named(root + "." + pair.Key)
		if err != nil {
			p.fail(failing{at: pair.At, code: CodeReference, what: pair.Key, got: err.Error()})
			continue
		}
		p.missed(p.match(pair.Value, v, there, pair.Key))
	}
}

// output checks what the step gave.
func (p *Player) output(n *syntax.Node, o *outcome) {
	m, err := p.mapping(n)
	if err != nil {
		p.fail(failing{at: n.Pos, code: CodeReference, what: "output", got: err.Error()})
		return
	}
	p.missed(p.match(m, o.fields(), true, "output"))
}

// missed keeps what did not match.
func (p *Player) missed(all []failing) {
	for _, f := range all {
		p.fail(f)
	}
}

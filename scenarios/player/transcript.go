package player

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
)

// write adds an Action and its events to the transcript, a line each: the
// virtual time, who or where, what, and what came of it.
func (p *Player) write(v verb.Verb, a authn.Action, o *outcome) {
	who, words := p.words(v, a)
	end := "→ done"
	switch {
	case o.crashed:
		end = "✗ crashed"
	case o.refusal != nil:
		end = fmt.Sprintf("✗ %s (%s)", o.refusal.Code, o.refusal.Rule)
	case o.pending != nil:
		end = "… waiting: " + o.pending.Waiting
	case o.result != nil:
		end = "→ " + p.showFields(o.fields())
	}
	at := p.now.Add(-o.elapsed)
	p.line(spell(at.Sub(p.in.Story.Start)), who, words+"  "+end)
	for _, e := range o.events {
		p.tally.kinds[string(e.Kind)] = true
		p.line(spell(e.At.Sub(p.in.Story.Start)), string(e.Site), "  "+p.showEvent(e))
	}
}

// line adds one line of three columns.
func (p *Player) line(at, who, what string) {
	p.result.Transcript = append(p.result.Transcript, fmt.Sprintf("%-14s %-24s %s", at, who, what))
}

// words says who does an Action, and with what.
func (p *Player) words(v verb.Verb, a authn.Action) (who, words string) {
	who = string(v.Role)
	var b strings.Builder
	b.WriteString(a.Verb())
	values := v.Values(a)
	for _, arg := range v.Args {
		given, ok := values[arg.Name]
		switch {
		case !ok:
		case arg.Role == v.Role && arg.Role != "":
			who = string(v.Role) + "/" + fmt.Sprint(given)
		case arg.Kind == verb.Settings:
			settings, _ := given.([]authn.Setting)
			for _, s := range settings {
				b.WriteString(" " + s.Key + "=" + s.Value)
			}
		default:
			b.WriteString(" " + arg.Name + ": " + p.show(arg.Name, plain(given)))
		}
	}
	return who, b.String()
}

// showEvent writes an event: kind{fields} rule.
func (p *Player) showEvent(e authn.Event) string {
	text := string(e.Kind)
	if len(e.Fields) > 0 {
		text += p.showFields(e.Fields)
	}
	if e.Result != "ok" && e.Result != "" {
		text += " " + e.Result
	}
	if e.Rule != "" {
		text += " (" + string(e.Rule) + ")"
	}
	return text
}

// digest is that of the transcript.
func digest(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// lastShown is how many events a failure shows if nobody says otherwise.
const lastShown = 8

// last writes the newest events, oldest first. What the server writes into its
// audit trail only repeats those of the sites.
func (p *Player) last() []string {
	most := p.cfg.Last
	if most <= 0 {
		most = lastShown
	}
	var texts []string
	for _, e := range slices.Backward(p.events) {
		if len(texts) == most {
			break
		}
		if e.Kind != hypr.EventAudited {
			texts = append(texts, p.masks.redact(p.showEvent(e)))
		}
	}
	slices.Reverse(texts)
	return texts
}

// tally is what a run has touched.
type tally struct {
	actions                       int
	rules                         map[authn.RuleID]bool
	refusals, kinds, verbs, roles map[string]bool
}

func newTally() tally {
	return tally{
		rules: map[authn.RuleID]bool{}, refusals: map[string]bool{}, kinds: map[string]bool{}, verbs: map[string]bool{}, roles: map[string]bool{},
	}
}

// again begins again, but for the rules: what makes the world is none of the
// story's doing.
func (t tally) again() tally {
	next := newTally()
	next.rules = t.rules
	return next
}

// action counts one.
func (t *tally) action(v verb.Verb, o outcome) {
	t.actions++
	t.verbs[v.Name], t.roles[string(v.Role)] = true, true
	if o.refusal != nil {
		t.refusals[v.Name+" "+string(o.refusal.Code)] = true
	}
}

// sorted lists the names of a set.
func sorted[K ~string](set map[K]bool) []K {
	names := make([]K, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

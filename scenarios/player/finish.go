package player

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/scenarios/syntax"
)

// named returns what a path names, and whether there is anything.
func (p *Player) named(path string) (v any, there bool, err error) {
	parts := strings.Split(path, ".")
	if len(parts) < 2 {
		return nil, false, fmt.Errorf("%q has no root, as in saved.%s", path, path)
	}
	v, err = p.lookUp(parts)
	if errors.Is(err, errAbsent) {
		return nil, false, nil
	}
	if n, ok := v.(*syntax.Node); ok && err == nil {
		v, err = p.value(n)
	}
	return v, err == nil, err
}

// saved returns what a path of a save names: below result, returns or state.
func (p *Player) saved(path string, fields map[string]any) (any, error) {
	root, rest, _ := strings.Cut(path, ".")
	parts := strings.Split(rest, ".")
	if root == "state" {
		return p.state(parts)
	}
	return p.within(fields, parts)
}

// since returns all that came since an earlier step began.
func (p *Player) since(n *syntax.Node) (*outcome, error) {
	id, err := p.text(n)
	if err != nil {
		return nil, err
	}
	r, ok := p.steps[id]
	if !ok {
		return nil, fmt.Errorf("no step that was played has the id %q", id)
	}
	return &outcome{events: p.events[r.from.events:], elapsed: p.now.Sub(r.from.at)}, nil
}

// notice looks at what a step has ended of what was pending.
func (p *Player) notice(ctx context.Context) {
	if len(p.pending) > 0 {
		p.settled(ctx)
	}
}

// closing is what comes behind the steps: nothing may be pending, the whole
// run is held against its expectation, and the invariants have a last word.
func (p *Player) closing(ctx context.Context) (Played, bool) {
	before, lines := p.failures(), len(p.result.Transcript)
	p.at, p.name = p.in.Story.NamePos, "the end of the steps"
	p.notice(ctx)
	for _, r := range p.pending {
		p.fail(failing{at: r.step.Pos, code: CodePending, what: r.name, expected: "it ends", got: "it still waits: " + r.res.pending.Waiting})
	}
	if p.in.Story.Expect != nil {
		p.check(p.in.Story.Expect, p.everything())
	}
	if p.cfg.Watch != nil {
		p.broken(p.cfg.Watch.End())
	}
	return p.ended(Played{Name: p.name}, before, lines), p.failures() > before
}

// conclude closes the books and gives the verdict.
func (p *Player) conclude() {
	r := &p.result
	p.phase().Actions = p.tally.actions - p.phaseFrom
	r.Phases = slices.DeleteFunc(r.Phases, func(ph Phase) bool { return ph.Title == "" && ph.Actions == 0 && !ph.Failed })
	r.Actions = p.tally.actions
	r.Virtual, r.Wall = p.now.Sub(p.in.Story.Start), p.cfg.Now().Sub(p.began)
	r.Hash = digest(r.Transcript)
	r.Rules, r.Refusals, r.Kinds = sorted(p.tally.rules), sorted(p.tally.refusals), sorted(p.tally.kinds)
	r.Verbs, r.Roles = sorted(p.tally.verbs), sorted(p.tally.roles)
	r.Events = p.events
	p.verdict()
}

// verdict says how it ended. What fails in the setup is an error: the story
// itself was not tried. A failing cleanup lets a story fail that passed.
func (p *Player) verdict() {
	r := &p.result
	failed := len(r.Failures) > 0
	x := p.in.XFail()
	switch {
	case r.Reason != "":
		r.Status = Errored
	case x != nil && !failed:
		r.Status, r.Reason = XPassed, "it passes now: remove xfail ("+p.masks.free(x.Reason)+")"
	case x != nil && x.At != "" && !slices.ContainsFunc(r.Failures, func(f Failure) bool { return p.isAt(x.At, f) }):
		r.Status, r.Reason = Failed, "it fails, but not at "+p.masks.free(x.At)+" as xfail says"
	case x != nil && len(r.Cleanup) == 0:
		r.Status, r.Reason = XFailed, p.masks.free(x.Reason)
	case failed || len(r.Cleanup) > 0:
		r.Status = Failed
	default:
		r.Status = Passed
	}
}

// isAt reports whether a failure is in a step or a chapter: the step's id or
// name, or the chapter's title.
func (p *Player) isAt(at string, f Failure) bool {
	if shown := p.masks.free(at); f.Phase == shown || f.Step == shown {
		return true
	}
	r, ok := p.steps[at]
	return ok && r.name == f.Step && r.step.Pos == stepOf(f)
}

// stepOf is the place of a failure's step.
func stepOf(f Failure) syntax.Pos {
	if len(f.Stack) == 0 {
		return f.Pos
	}
	return f.Stack[len(f.Stack)-1].Pos
}

// Result returns what there is; once Next gives no more step, it is complete.
func (p *Player) Result() Result { return p.result }

// Elapsed is how far the world's clock has moved.
func (p *Player) Elapsed() time.Duration { return p.now.Sub(p.in.Story.Start) }

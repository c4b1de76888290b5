package player

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/player/match"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/syntax"
)

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
func (p *Player) since(id string) (*stage.Outcome, error) {
	r, ok := p.steps[id]
	if !ok {
		return nil, fmt.Errorf("no step that was played has the id %q", id)
	}
	return p.stage.Since(r.from), nil
}

// closing is what comes behind the steps: nothing may be pending, the whole
// run is held against its expectation, and the invariants have a last word.
func (p *Player) closing(ctx context.Context) (Played, bool) {
	before, lines := p.failures(), len(p.result.Transcript)
	p.at, p.name = p.in.Story.NamePos, "the end of the steps"
	if len(p.pending) > 0 {
		p.settled(ctx)
	}
	for _, r := range p.pending {
		p.fail(match.Miss{At: r.step.Pos, Code: CodePending, What: r.name, Expected: "it ends",
			Got: "it still waits: " + r.res.Pending.Waiting})
	}
	if p.in.Story.Expect != nil {
		p.judge.Check(p.in.Story.Expect, p.sinceStart())
	}
	if p.cfg.Watch != nil {
		p.broken(p.cfg.Watch.End())
	}
	return p.endStep(Played{Name: p.name}, before, lines), p.failures() > before
}

// close closes the books and gives the verdict.
func (p *Player) close() {
	r := &p.result
	p.phase().Actions = p.tally.actions - p.phaseFrom
	r.Phases = slices.DeleteFunc(r.Phases, func(ph Phase) bool { return ph.Title == "" && ph.Actions == 0 && !ph.Failed })
	r.Actions = p.tally.actions
	r.Virtual, r.Wall = p.stage.Now().Sub(p.start), p.cfg.Now().Sub(p.began)
	r.Hash = digest(r.Transcript)
	r.Rules = slices.Sorted(maps.Keys(p.tally.rules))
	r.Refusals = slices.Sorted(maps.Keys(p.tally.refusals))
	r.Kinds = slices.Sorted(maps.Keys(p.tally.kinds))
	r.Verbs, r.Roles = slices.Sorted(maps.Keys(p.tally.verbs)), slices.Sorted(maps.Keys(p.tally.roles))
	r.Events = p.stage.Events()
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
		r.Status, r.Reason = XPassed, "it passes now: remove xfail ("+p.masks.RedactDeclared(x.Reason)+")"
	case x != nil && x.At != "" && !slices.ContainsFunc(r.Failures, func(f Failure) bool { return p.isAt(x.At, f) }):
		r.Status, r.Reason = Failed, "it fails, but not at "+p.masks.RedactDeclared(x.At)+" as xfail says"
	case x != nil && len(r.Cleanup) == 0:
		r.Status, r.Reason = XFailed, p.masks.RedactDeclared(x.Reason)
	case failed || len(r.Cleanup) > 0:
		r.Status = Failed
	default:
		r.Status = Passed
	}
}

// isAt reports whether a failure is in a step or a chapter: the step's id or
// name, or the chapter's title.
func (p *Player) isAt(at string, f Failure) bool {
	if shown := p.masks.RedactDeclared(at); f.Phase == shown || f.Step == shown {
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

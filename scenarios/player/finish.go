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

// valueToSave returns the value at a path of a save, which begins with result,
// returns or state.
func (p *Player) valueToSave(path string, fields map[string]any) (any, error) {
	root, rest, _ := strings.Cut(path, ".")
	parts := strings.Split(rest, ".")
	if root == "state" {
		return p.state(parts)
	}
	return p.valueAt(fields, parts)
}

// since returns an outcome with everything since the beginning of an earlier step.
func (p *Player) since(id string) (*stage.Outcome, error) {
	r, ok := p.steps[id]
	if !ok {
		return nil, fmt.Errorf("no step that was played has the id %q", id)
	}
	return p.stage.Since(r.from), nil
}

// endSteps checks the run after its last step: no step may be pending, the story's
// expectation must hold, and so must the invariants.
func (p *Player) endSteps(ctx context.Context) (Played, bool) {
	before, lines := p.failures(), len(p.result.Transcript)
	p.at, p.name = p.in.Story.NamePos, "the end of the steps"
	if len(p.pending) > 0 {
		p.updatePending(ctx)
	}
	for _, r := range p.pending {
		p.fail(match.Miss{At: r.step.Pos, Code: CodePending, What: r.name, Expected: "it ends",
			Got: "it still waits: " + r.res.Pending.Waiting})
	}
	if p.in.Story.Expect != nil {
		p.judge.Check(p.in.Story.Expect, p.sinceStart())
	}
	if p.cfg.Watch != nil {
		p.addBroken(p.cfg.Watch.End())
	}
	return p.endStep(Played{Name: p.name}, before, lines), p.failures() > before
}

// finish completes the result and sets its status.
func (p *Player) finish() {
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
	p.setStatus()
}

// setStatus sets the status and reason. A failure in the setup is an error, since
// the story itself was not played. A failure in the cleanup fails the story.
func (p *Player) setStatus() {
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

// isAt reports whether a failure is in the step or phase that at names: by the
// step's id or name, or the phase's title.
func (p *Player) isAt(at string, f Failure) bool {
	if shown := p.masks.RedactDeclared(at); f.Phase == shown || f.Step == shown {
		return true
	}
	r, ok := p.steps[at]
	return ok && r.name == f.Step && r.step.Pos == stepOf(f)
}

// stepOf returns the position of a failure's step.
func stepOf(f Failure) syntax.Pos {
	if len(f.Stack) == 0 {
		return f.Pos
	}
	return f.Stack[len(f.Stack)-1].Pos
}

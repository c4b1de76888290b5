package player

import (
	"github.com/offauth/offauth/scenarios/syntax"
)

// failing is what is known of a failure where it is found; fail adds the rest.
type failing struct {
	at                        syntax.Pos
	code, what, expected, got string
}

// fail keeps a failure of the step that is being played.
func (p *Player) fail(f failing) {
	if f.at.Line == 0 {
		f.at = p.at
	}
	phase := p.phase()
	phase.Failed = true
	failure := Failure{
		Pos: f.at, Code: f.code, What: p.masks.redact(f.what), Expected: p.masks.redact(f.expected), Got: p.masks.redact(f.got),
		Outcome: p.came, Step: p.name, Phase: phase.Title, Stack: p.stack(), Last: p.last(), Actions: p.tally.actions,
	}
	if p.section != inCleanup {
		p.failed = true
	}
	if p.section == inSetup && p.result.Reason == "" {
		p.result.Reason = "setup: " + p.name + ": " + failure.What
	}
	all := p.failing()
	*all = append(*all, failure)
}

// failing is the list that failures go to: those of the cleanup never hide
// the others.
func (p *Player) failing() *[]Failure {
	if p.section == inCleanup {
		return &p.result.Cleanup
	}
	return &p.result.Failures
}

// failures counts them.
func (p *Player) failures() int { return len(*p.failing()) }

// stack returns the calls and loops around the step, and the step itself.
func (p *Player) stack() []Frame {
	var frames []Frame
	for _, f := range p.frames {
		if f.by != nil {
			frames = append(frames, Frame{f.by.Pos, f.name})
		}
	}
	return append(frames, Frame{p.at, p.name})
}

// phase is the chapter that is being played.
func (p *Player) phase() *Phase { return &p.result.Phases[len(p.result.Phases)-1] }

// chapter begins a new one; that before it is dropped if nothing was in it.
func (p *Player) chapter(title string) {
	p.phase().Actions = p.tally.actions - p.phaseFrom
	if p.phase().Actions == 0 && p.phase().Title == "" && !p.phase().Failed {
		p.result.Phases = p.result.Phases[:len(p.result.Phases)-1]
	}
	p.phaseFrom = p.tally.actions
	p.result.Phases = append(p.result.Phases, Phase{Title: p.masks.free(title), At: p.now.Sub(p.in.Story.Start)})
}

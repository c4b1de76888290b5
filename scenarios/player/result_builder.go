package player

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/mask"
	"github.com/offauth/offauth/scenarios/player/match"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/syntax"
)

// resultBuilder collects the transcript, failures and phases of an instance.
type resultBuilder struct {
	stage *stage.Stage
	masks *mask.Masks
	stack *stack
	start time.Time // of the story
	shown int       // how many events a failure shows; 0 means defaultLast

	section section
	name    string // of the step that is being played
	at      syntax.Pos
	outcome string // what it came to, for its failures

	result Result
	tally  tally
	// phaseFrom counts the Actions before the phase.
	phaseFrom int
	failed    bool // something failed before the cleanup
}

// fail adds a failure of the current step.
func (b *resultBuilder) fail(f match.Miss) {
	if f.At.Line == 0 {
		f.At = b.at
	}
	phase := b.phase()
	phase.Failed = true
	failure := Failure{
		Pos: f.At, Code: f.Code, What: b.masks.Redact(f.What), Expected: b.masks.Redact(f.Expected),
		Got:     b.masks.Redact(f.Got),
		Outcome: b.outcome, Step: b.name, Phase: phase.Title, Stack: b.calls(), Last: b.last(), Actions: b.tally.actions,
	}
	if b.section != inCleanup {
		b.failed = true
	}
	if b.section == inSetup && b.result.Reason == "" {
		b.result.Reason = "setup: " + b.name + ": " + failure.What
	}
	all := b.list()
	*all = append(*all, failure)
}

// list returns the list that failures are added to: that of the cleanup during the
// cleanup, so that it hides no other failure.
func (b *resultBuilder) list() *[]Failure {
	if b.section == inCleanup {
		return &b.result.Cleanup
	}
	return &b.result.Failures
}

// failures returns the number of failures in the current list.
func (b *resultBuilder) failures() int { return len(*b.list()) }

// calls returns the calls and loops around the current step, and the step itself.
func (b *resultBuilder) calls() []Frame {
	var frames []Frame
	for _, f := range b.stack.frames {
		if f.by != nil {
			frames = append(frames, Frame{f.by.Pos, f.name})
		}
	}
	return append(frames, Frame{b.at, b.name})
}

// phase returns the current phase.
func (b *resultBuilder) phase() *Phase { return &b.result.Phases[len(b.result.Phases)-1] }

// beginPhase begins a phase. It removes the previous phase if that is empty.
func (b *resultBuilder) beginPhase(title string) {
	b.phase().Actions = b.tally.actions - b.phaseFrom
	if b.phase().Actions == 0 && b.phase().Title == "" && !b.phase().Failed {
		b.result.Phases = b.result.Phases[:len(b.result.Phases)-1]
	}
	b.phaseFrom = b.tally.actions
	b.result.Phases = append(b.result.Phases, Phase{Title: b.masks.RedactDeclared(title), At: b.stage.Now().Sub(b.start)})
}

// write adds a line for an Action and one for each of its events to the
// transcript: the virtual time, the actor or site, the Action and its outcome.
func (b *resultBuilder) write(v verb.Verb, a authn.Action, o *stage.Outcome) {
	who, words := b.words(v, a)
	end := "→ done"
	switch {
	case o.Crashed:
		end = "✗ crashed"
	case o.Refusal != nil:
		end = fmt.Sprintf("✗ %s (%s)", o.Refusal.Code, o.Refusal.Rule)
	case o.Pending != nil:
		end = "… waiting: " + o.Pending.Waiting
	case o.Result != nil:
		end = "→ " + b.masks.ShowFields(o.Fields())
	}
	at := b.stage.Now().Add(-o.Elapsed)
	b.line(mask.Spell(at.Sub(b.start)), who, words+"  "+end)
	for _, e := range o.Events {
		b.tally.kinds[string(e.Kind)] = true
		b.line(mask.Spell(e.At.Sub(b.start)), string(e.Site), "  "+b.masks.ShowEvent(e))
	}
}

// line adds a line of three columns to the transcript.
func (b *resultBuilder) line(at, who, what string) {
	b.result.Transcript = append(b.result.Transcript, fmt.Sprintf("%-14s %-24s %s", at, who, what))
}

// words returns the actor of an Action, and the Action with its arguments.
func (b *resultBuilder) words(v verb.Verb, a authn.Action) (who, words string) {
	who = string(v.Role)
	var text strings.Builder
	text.WriteString(a.Verb())
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
				text.WriteString(" " + string(s.Key) + "=" + s.Value)
			}
		default:
			text.WriteString(" " + arg.Name + ": " + b.masks.Show(arg.Name, eval.Plain(given)))
		}
	}
	return who, text.String()
}

// digest returns the SHA-256 of the transcript in hex.
func digest(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// defaultLast is the number of events that a failure shows by default.
const defaultLast = 8

// last returns the newest events as texts, the oldest first. It omits the server's
// audit trail, which only repeats events of the sites.
func (b *resultBuilder) last() []string {
	most := b.shown
	if most <= 0 {
		most = defaultLast
	}
	var texts []string
	for _, e := range slices.Backward(b.stage.Events()) {
		if len(texts) == most {
			break
		}
		if e.Kind != hypr.EventAudited {
			texts = append(texts, b.masks.Redact(b.masks.ShowEvent(e)))
		}
	}
	slices.Reverse(texts)
	return texts
}

// tally counts the Actions of a run and collects what they touch.
type tally struct {
	actions                       int
	rules                         map[authn.RuleID]bool
	refusals, kinds, verbs, roles map[string]bool
}

func newTally() tally {
	return tally{
		rules: map[authn.RuleID]bool{}, refusals: map[string]bool{}, kinds: map[string]bool{}, verbs: map[string]bool{},
		roles: map[string]bool{},
	}
}

// reset returns an empty tally with the same rules. It is called when the world
// exists, as the Actions that create it do not count.
func (t tally) reset() tally {
	next := newTally()
	next.rules = t.rules
	return next
}

// action adds an Action with its outcome.
func (t *tally) action(v verb.Verb, o stage.Outcome) {
	t.actions++
	t.verbs[v.Name], t.roles[string(v.Role)] = true, true
	if o.Refusal != nil {
		t.refusals[v.Name+" "+string(o.Refusal.Code)] = true
	}
}

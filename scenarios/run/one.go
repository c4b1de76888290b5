package run

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// runner plays the instances of one run.
type runner struct {
	Options
	results []Result

	mu      sync.Mutex
	failed  int
	goldens map[string]string
}

// one plays one instance, unless the run has been cancelled or has enough failures.
func (r *runner) one(ctx context.Context, j job) Result {
	result := Result{
		ID: j.in.ID, Repeat: j.repeat, Path: j.in.Story.Path, Line: j.in.Line(), Name: j.in.Story.Name, Tags: j.in.Story.Tags,
		Seed: j.seed, Rules: j.in.Story.Rules, Status: NotRun,
	}
	switch reason := j.in.Skip(); {
	case ctx.Err() != nil:
		result.Reason = "interrupted"
	case r.enough():
		result.Reason = fmt.Sprintf("%d failed before it", r.MaxFailures)
	case reason != "":
		result.Status, result.Reason = Skipped, reason
	default:
		result = r.play(ctx, j, result)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if result.Status == Failed || result.Status == Errored || result.Status == XPassed {
		r.failed++
	}
	if r.Done != nil {
		r.Done(result)
	}
	return result
}

// enough reports whether Options.MaxFailures is reached.
func (r *runner) enough() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.MaxFailures > 0 && r.failed >= r.MaxFailures
}

// play plays an instance, and a second time for Options.CheckDeterminism.
func (r *runner) play(ctx context.Context, j job, blank Result) Result {
	result := r.once(ctx, j, blank)
	if r.CheckDeterminism && result.Status != NotRun {
		if again := r.once(ctx, j, blank); again.Status != NotRun && again.Hash != result.Hash {
			result.Failures = append(result.Failures, Failure{
				Pos: j.in.Story.NamePos, Code: CodeDeterminism, What: "the transcript", Expected: "the same for the same seed",
				Got: "another one", Diff: diff(result.Transcript, again.Transcript), Actions: result.Actions,
			})
			result.Status = Failed
		}
	}
	r.golden(j.in, &result)
	return result
}

// once plays an instance. A panic, which is a bug in offauth, becomes an error with the
// stack.
func (r *runner) once(ctx context.Context, j job, blank Result) (result Result) {
	began := r.Now()
	defer func() {
		if v := recover(); v != nil {
			result = blank
			result.Status, result.Reason, result.Wall = Errored, fmt.Sprintf("panic: %v", v), r.Now().Sub(began)
			result.Failures = []Failure{{Pos: j.in.Story.NamePos, Code: CodePanic, What: "offauth itself", Expected: "no panic",
				Got: fmt.Sprintf("%v\n%s", v, debug.Stack())}}
		}
	}()
	p, err := r.open(ctx, j)
	if err != nil {
		return r.unmade(ctx, blank, err, began)
	}
	for ctx.Err() == nil {
		if _, more := p.Next(ctx); !more {
			result = p.Result()
			result.Repeat = blank.Repeat
			return result
		}
	}
	return r.unmade(ctx, blank, ctx.Err(), began)
}

// open returns a player for an instance.
func (r *runner) open(ctx context.Context, j job) (*player.Player, error) {
	var watch invariant.Watcher
	if names := r.invariants(j.in.Story); r.Watch != nil && len(names) > 0 {
		var err error
		if watch, err = r.Watch(j.in.Story.Family(), names); err != nil {
			return nil, err
		}
	}
	return player.New(ctx, j.in, player.Config{Store: r.Store, Now: r.Now, WallScale: r.WallScale, KDF: r.KDF,
		Seed: j.seed, Watch: watch, Last: r.Last})
}

// invariants returns the names of the invariants to check; the default is all.
func (r *runner) invariants(story *story.Story) []string {
	switch {
	case r.Invariants != nil:
		return r.Invariants
	case len(story.Invariants) == 0:
		return []string{"all"}
	case len(story.Invariants) == 1 && story.Invariants[0] == "none":
		return nil
	}
	return story.Invariants
}

// unmade returns the result of an instance whose world could not be created, or that
// was cancelled.
func (r *runner) unmade(ctx context.Context, blank Result, err error, began time.Time) Result {
	if ctx.Err() != nil {
		blank.Reason = "interrupted"
		return blank
	}
	blank.Status, blank.Reason, blank.Wall = Errored, "its world was not made: "+err.Error(), r.Now().Sub(began)
	f := Failure{Code: player.CodeFault, Pos: syntax.Pos{File: blank.Path, Line: blank.Line, Col: 1}, What: "the world",
		Expected: "it is made", Got: err.Error()}
	if refusal, ok := authn.AsRefusal(err); ok {
		f.Got = fmt.Sprintf("refused %s (%s): %s", refusal.Code, refusal.Rule, err)
	}
	blank.Failures = []Failure{f}
	return blank
}

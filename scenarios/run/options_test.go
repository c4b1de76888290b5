package run_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
)

const head = `offauth: scenario/v1
profile: hypr
policy: {offline: {enabled: true}, pins: {count: 10}}
actors: {phone: {role: phone}, workstation: {role: workstation}}
clock: {start: 2026-03-02T08:00:00Z}
`

// written returns the instances of stories: texts maps each name to the text after the
// common beginning.
func written(t testing.TB, texts map[string]string) []run.Instance {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name+lint.ScenarioSuffix] = &fstest.MapFile{Data: []byte(head + "name: " + name + "\n" + text)}
	}
	return expand(t, load(t, fsys))
}

const (
	good = "steps:\n  - device pair:\n  - device tap:\n  - device unlock:\n"
	bad  = "steps:\n  - device unlock:\n"
)

func statuses(r run.Report) string {
	var all []string
	for _, one := range r.Results {
		all = append(all, one.ID+" "+string(one.Status))
	}
	return strings.Join(all, ", ")
}

func TestAfterSoManyFailuresNoMoreAreStarted(t *testing.T) {
	t.Parallel()
	o := options()
	o.MaxFailures = 2
	r := run.Run(context.Background(), written(t, map[string]string{"a": bad, "b": good, "c": bad, "d": good, "e": bad}),
		o)
	if got := statuses(r); got != "a failed, b passed, c failed, d not_run, e not_run" || r.Interrupted {
		t.Error(got)
	}
	if r.Results[3].Reason == "" {
		t.Error("it is not said why d was not run")
	}
}

func TestAnInterruptedRunReportsWhatWasPlayed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	o := options()
	told := 0
	o.Done = func(run.Result) { told++; cancel() }
	r := run.Run(ctx, written(t, map[string]string{"a": good, "b": good, "c": good}), o)
	if got := statuses(r); got != "a passed, b not_run, c not_run" || !r.Interrupted || told != 3 {
		t.Errorf("%s, %v, told of %d", got, r.Interrupted, told)
	}
}

// A store whose first look panics stands for a bug in offauth.
type broken struct{ authn.Store }

func (broken) Update(context.Context, func(authn.Reader) (authn.Batch, error)) error { panic("a bug") }

func TestAPanicIsAnErrorWithItsStackAndEndsNothingElse(t *testing.T) {
	t.Parallel()
	o := options()
	n := 0
	o.Store = func() authn.Store {
		if n++; n == 1 {
			return broken{}
		}
		return memory.NewStore()
	}
	r := run.Run(context.Background(), written(t, map[string]string{"a": good, "b": good}), o)
	if got := statuses(r); got != "a error, b passed" {
		t.Fatal(got)
	}
	f := r.Results[0].Failures[0]
	if f.Code != run.CodePanic || !strings.Contains(f.Got, "a bug") || !strings.Contains(f.Got, "player.New") {
		t.Errorf("%+v", f)
	}
}

func TestSettingsAreLaidOverThePolicy_H4(t *testing.T) {
	t.Parallel()
	all := written(t, map[string]string{"a": good + "    expect: {output: {left: 11}}\n"})
	o := options()
	for value, want := range map[string]string{"12": "a passed", "13": "a failed", "5": "a error"} {
		o.Set = []authn.Setting{{Key: "hypr.pins.count", Value: value}}
		r := run.Run(context.Background(), all, o)
		if got := statuses(r); got != want {
			t.Errorf("with %s: %s: %s", value, got, told(r.Results[0]))
		}
		if value == "5" && !strings.Contains(r.Results[0].Failures[0].Got, "out_of_range (H4)") {
			t.Errorf("%+v", r.Results[0].Failures)
		}
	}
}

func TestASeedGoesBeforeTheFilesOwn(t *testing.T) {
	t.Parallel()
	all := written(t, map[string]string{"a": "seed: 4\n" + good})
	o := options()
	own := run.Run(context.Background(), all, o).Results[0]
	seed := int64(5)
	o.Seed = &seed
	other := run.Run(context.Background(), all, o).Results[0]
	if own.Seed != 4 || other.Seed != 5 || own.Status != run.Passed || other.Status != run.Passed {
		t.Errorf("%s, %s", told(own), told(other))
	}
}

// No story fails on a slow machine that takes seconds for each step. Minutes count as a
// hang, unless WallScale allows them.
func TestTheWallClockEndsAHangAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step  time.Duration
		scale float64
		want  string
	}{{4 * time.Second, 0, "a passed"}, {4 * time.Minute, 0, "a failed"}, {4 * time.Minute, 10, "a passed"},
		{4 * time.Second, 0.01, "a failed"}} {
		o := options()
		now := time.Unix(0, 0)
		o.Now = func() time.Time { now = now.Add(c.step); return now }
		o.WallScale = c.scale
		r := run.Run(context.Background(), written(t, map[string]string{"a": good}), o)
		if statuses(r) != c.want {
			t.Errorf("%v: %s", c, told(r.Results[0]))
		}
		for _, f := range r.Results[0].Failures {
			if f.What != "timeout.wall" || f.Code != "timeout" {
				t.Errorf("%v: %+v", c, f)
			}
		}
	}
}

// A loop without Actions ends at the same step on every machine.
func TestALoopWithoutActionsEnds(t *testing.T) {
	t.Parallel()
	text := "timeout: {actions: 50}\nsteps:\n" +
		"  - repeat: 1000000\n    steps:\n      - check: {state: {workstation.locked: true}}\n"
	r := run.Run(context.Background(), written(t, map[string]string{"a": text}), options())
	if f := r.Results[0].Failures; statuses(r) != "a failed" || f[0].What != "timeout.actions" ||
		!strings.Contains(f[0].Expected, "500 steps") {
		t.Errorf("%s", told(r.Results[0]))
	}
}

// suspicious is a Watcher that reports the third Action and the end of the run.
type suspicious struct{ saw int }

func (s *suspicious) See(seen invariant.Seen) []invariant.Broken {
	s.saw++
	if seen.N != s.saw || seen.Action == nil {
		return []invariant.Broken{{ID: "counted", What: "the Actions are not counted"}}
	}
	if seen.Action.Verb() == "device unlock" {
		return []invariant.Broken{{ID: "no_unlock", Sentence: "nobody unlocks", What: "somebody did"}}
	}
	return nil
}

func (s *suspicious) End() []invariant.Broken {
	return []invariant.Broken{{ID: "no_end", Sentence: "it does not end", What: "it did"}}
}

func TestABrokenInvariantIsAFailureAtItsStep(t *testing.T) {
	t.Parallel()
	all := written(t, map[string]string{"a": good, "b": "invariants: none\n" + good, "c": "invariants: [no_end]\n" + good})
	o := options()
	var asked []string
	o.Watch = func(family authn.FamilyName, names []string) (invariant.Watcher, error) {
		asked = append(asked, string(family)+" "+strings.Join(names, ","))
		return &suspicious{}, nil
	}
	r := run.Run(context.Background(), all, o)
	if got := statuses(r); got != "a failed, b passed, c failed" || strings.Join(asked, "; ") != "hypr all; hypr no_end" {
		t.Fatalf("%s; asked for %v", got, asked)
	}
	if f := r.Results[0].Failures; len(f) != 1 || f[0].Code != "invariant" || f[0].What != "no_unlock" ||
		f[0].Step != "device unlock #1" {
		t.Errorf("%s", told(r.Results[0]))
	}
	o.Invariants = []string{}
	if got := statuses(run.Run(context.Background(), all, o)); got != "a passed, b passed, c passed" {
		t.Error(got)
	}
	o.Invariants, o.Watch = nil, func(authn.FamilyName, []string) (invariant.Watcher, error) {
		return nil, errors.New("no such invariant")
	}
	if got := statuses(run.Run(context.Background(), all, o)); got != "a error, b passed, c error" {
		t.Error(got)
	}
}

func TestGoldensAreMadeAndComparedAndShowNoPIN_A9(t *testing.T) {
	t.Parallel()
	table := "golden: true\ncases:\n  - {name: one, wait: 1s}\n  - {name: two, wait: 2s}\n" + good +
		"  - wait: ${case.wait}\n"
	all := written(t, map[string]string{"a": table})
	o := options()
	files := fstest.MapFS{}
	o.Goldens = files
	if r := run.Run(context.Background(), all, o); statuses(r) != "a[one] failed, a[two] failed" ||
		r.Results[0].Failures[0].Code != run.CodeGolden {
		t.Fatal(statuses(r))
	}
	o.Update = func(id string) bool { return id != "a[two]" }
	r := run.Run(context.Background(), all, o)
	if len(r.Goldens) != 1 || statuses(r) != "a[one] passed, a[two] failed" {
		t.Fatalf("%s, %d goldens", statuses(r), len(r.Goldens))
	}
	for name, text := range r.Goldens {
		if !strings.Contains(text, "pin: <pin#1 len 8>") || !strings.Contains(name, "one") {
			t.Errorf("%s:\n%s", name, text)
		}
		files[name] = &fstest.MapFile{Data: []byte(text)}
		files[strings.Replace(name, "one", "two", 1)] = &fstest.MapFile{Data: []byte(text)}
	}
	o.Update = nil
	r = run.Run(context.Background(), all, o)
	if got := statuses(r); got != "a[one] passed, a[two] failed" {
		t.Fatal(got)
	}
	diff := strings.Join(r.Results[1].Failures[0].Diff, "\n")
	if !strings.Contains(diff, "\n- ") || !strings.Contains(diff, "\n+ ") || !strings.Contains(diff, "clock advance") {
		t.Errorf("the difference is\n%s", diff)
	}
}

func TestARunOfNothingIsNoFailure(t *testing.T) {
	t.Parallel()
	if r := run.Run(context.Background(), nil, options()); len(r.Results) != 0 || r.Interrupted {
		t.Errorf("%+v", r)
	}
	if all, err := run.Expand([]*story.Story{}, 0); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}

package run_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/offauth/offauth/scenarios/run"
)

//go:generate go test . -run TestFailuresSayWhatWasWantedAndWhatCame -update

var update = flag.Bool("update", false, "rewrite what the tests compare with")

// stories returns stories with every kind of step and every matcher.
func stories(t testing.TB) []run.Instance { return expand(t, load(t, os.DirFS("testdata/stories"))) }

func TestStoriesOfEveryKindOfStepPass(t *testing.T) {
	t.Parallel()
	for _, one := range run.Run(context.Background(), stories(t), options()).Results {
		if one.Status != run.Passed {
			t.Errorf("%s is %s (%s)\n%s", one.ID, one.Status, one.Reason, told(one))
		}
	}
}

// told returns everything that a report shows of a result, except its events.
func told(r run.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", r.ID, r.Status)
	if r.Reason != "" {
		fmt.Fprintf(&b, " (%s)", r.Reason)
	}
	fmt.Fprintf(&b, ", %d actions, %s\n", r.Actions, r.Virtual)
	for _, f := range r.Failures {
		tell(&b, "  ", f)
	}
	for _, f := range r.Cleanup {
		tell(&b, "  cleanup: ", f)
	}
	return b.String()
}

func tell(b *strings.Builder, head string, f run.Failure) {
	fmt.Fprintf(b, "%s%s:%d:%d: %s: %s\n", head, f.File, f.Line, f.Col, f.Code, f.What)
	fmt.Fprintf(b, "    expected %s\n    got      %s\n    step     %s, phase %q, after %d actions\n", f.Expected, f.Got,
		f.Step, f.Phase, f.Actions)
	for _, frame := range f.Stack {
		fmt.Fprintf(b, "    at       %s:%d:%d %s\n", frame.File, frame.Line, frame.Col, frame.What)
	}
	for _, last := range f.Last[max(0, len(f.Last)-2):] {
		fmt.Fprintf(b, "    last     %s\n", last)
	}
}

// A failure has the position of the expectation, the wanted and the actual value.
func TestFailuresSayWhatWasWantedAndWhatCame(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, one := range run.Run(context.Background(), expand(t, load(t, os.DirFS("testdata/failing"))),
		options()).Results {
		if one.Status == run.Passed {
			t.Errorf("%s passes", one.ID)
		}
		text.WriteString(told(one))
	}
	const golden = "testdata/failing.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("%s differs; if it is right, run: go generate ./scenarios/run. Got:\n%s", golden, text.String())
	}
}

func TestTheReportDependsOnNoOrderAndOnNoNumberOfWorkers_A8(t *testing.T) {
	t.Parallel()
	all := append(stories(t), samples(t)...)
	one := run.Run(context.Background(), all, options())
	o := options()
	shuffle := uint64(3)
	o.Parallel, o.Shuffle = 4, &shuffle
	other := run.Run(context.Background(), all, o)
	if len(one.Results) < 15 || len(one.Results) != len(other.Results) {
		t.Fatalf("%d and %d results", len(one.Results), len(other.Results))
	}
	for i, r := range one.Results {
		if !reflect.DeepEqual(r, other.Results[i]) {
			t.Errorf("%s: %s, %s", r.ID, told(r), told(other.Results[i]))
		}
	}
}

func TestTheSameSeedGivesTheSameTranscriptAndAnotherGivesOtherPINs_A8(t *testing.T) {
	t.Parallel()
	o := options()
	o.CheckDeterminism, o.Repeat, o.VarySeed = true, 2, true
	r := run.Run(context.Background(), stories(t), o)
	if n := r.Count(run.Passed); n != len(r.Results) || n != 2*len(stories(t)) {
		t.Fatalf("%d of %d passed", n, len(r.Results))
	}
	for i := 0; i < len(r.Results); i += 2 {
		if a, b := r.Results[i], r.Results[i+1]; a.Repeat != 1 || b.Repeat != 2 || a.Seed == b.Seed {
			t.Errorf("%s: %d with %d, %d with %d", a.ID, a.Repeat, a.Seed, b.Repeat, b.Seed)
		}
	}
}

package familytest_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/familytest"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

func TestMain(m *testing.M) {
	verb.Register(familytest.Family())
	watch.Register(bell())
	os.Exit(m.Run())
}

// bell has what must always hold of the family.
func bell() invariant.Family {
	return invariant.Family{Name: familytest.Bell, Open: func(*invariant.Book) invariant.Part {
		rings := map[authn.Site]bool{}
		return invariant.Part{
			Checks: []invariant.Check{invariant.NewCheck("rung_once", "a phone that rings is not rung",
				func(e authn.Event) *invariant.Broken {
					if e.Kind == familytest.EventRung && rings[e.Site] {
						return invariant.Brokenf("%s was rung, and it rang already", e.Site)
					}
					return nil
				}, nil, "A8")},
			Enter: func(e authn.Event) {
				if e.Kind == familytest.EventRung || e.Kind == familytest.EventQuiet {
					rings[e.Site] = e.Kind == familytest.EventRung
				}
			},
		}
	}}
}

// lintText lints the text of a scenario.
func lintText(text string) (*story.Story, []syntax.Finding) {
	return lint.Load(fstest.MapFS{"ring.scenario.yaml": {Data: []byte(text)}}, "ring.scenario.yaml")
}

// sample returns the family's sample story, as "scenario new" writes it.
func sample(t *testing.T) string {
	t.Helper()
	text := string(lint.New("ring", string(familytest.Bell), ""))
	if !strings.Contains(text, "device ring") {
		t.Fatal(text)
	}
	return text
}

func TestAFourthFamilyIsInEveryTable(t *testing.T) {
	t.Parallel()
	if v, ok := verb.Find("device ring", familytest.Bell); !ok || v.Family != familytest.Bell {
		t.Errorf("the verb is %+v", v)
	}
	if !slices.ContainsFunc(verb.Codes(), func(c authn.CodeSpec) bool { return c.Code == familytest.CodeRinging }) {
		t.Error("its code has no row")
	}
	if !slices.ContainsFunc(verb.Kinds(), func(k authn.KindSpec) bool { return k.Kind == familytest.EventRung }) {
		t.Error("its event has no row")
	}
	if !slices.Contains(verb.Anytime(), familytest.EventQuiet) || !slices.Contains(verb.Profiles(), "bell") {
		t.Errorf("%v, %v", verb.Anytime(), verb.Profiles())
	}
	key := familytest.KeySeconds
	refused := verb.JudgePolicy([]authn.Setting{{Key: key, Value: "61s"}})
	if r, ok := authn.AsRefusal(refused); !ok || r.Code != authn.CodeOutOfRange || r.Subject != string(key) {
		t.Errorf("61s: %v", refused)
	}
	if err := verb.JudgePolicy([]authn.Setting{{Key: key, Value: "60s"}}); err != nil {
		t.Errorf("60s: %v", err)
	}
}

func TestAFourthFamilyIsPlayedFromYAML(t *testing.T) {
	t.Parallel()
	s, findings := lintText(sample(t))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	instances, err := run.Expand([]*story.Story{s}, 0)
	if err != nil {
		t.Fatal(err)
	}
	report := run.Run(t.Context(), instances, run.Options{
		Store: func() authn.Store { return memory.NewStore() }, Now: time.Now, Parallel: 1,
		Watch: watch.New,
	})
	for _, r := range report.Results {
		if r.Status != run.Passed {
			t.Errorf("%s: %s: %v", r.ID, r.Status, r.Failures)
		}
	}
	if report.Count(run.Passed) != 1 {
		t.Error("the story was not played")
	}
}

func TestAFourthFamilyHasAnInvariantOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		family authn.FamilyName
		kinds  []authn.Kind
		broken int
	}{
		{familytest.Bell, []authn.Kind{familytest.EventRung, familytest.EventQuiet, familytest.EventRung}, 0},
		{familytest.Bell, []authn.Kind{familytest.EventRung, familytest.EventRung}, 1},
		{authn.FamilyHYPR, []authn.Kind{familytest.EventRung, familytest.EventRung}, 0}, // not of this family
	} {
		w, err := watch.New(row.family, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen := invariant.Seen{N: 1, Action: familytest.Ring{Phone: "pixel"}}
		for i, kind := range row.kinds {
			seen.Outcome.Events = append(seen.Outcome.Events,
				authn.Event{Seq: uint64(i + 1), Site: authn.Phone("pixel"), Kind: kind})
		}
		broken := w.See(seen)
		if len(broken) != row.broken || row.broken > 0 && broken[0].ID != "rung_once" {
			t.Errorf("%s, %v: %+v", row.family, row.kinds, broken)
		}
	}
}

// TestAFourthFamilyIsLinted checks that the family's tables find each mistake.
func TestAFourthFamilyIsLinted(t *testing.T) {
	t.Parallel()
	for old, change := range map[string]struct{ text, found string }{
		"device ring:\n":        {"device rung:\n", "device ring"},
		"refused: phone_rings":  {"refused: pin_used", "pin_used"},
		"seconds: 5":            {"seconds: 61", "1s to 60s"},
		"events: [phone_quiet]": {"events: [phone_quite]", "phone_quiet"},
		"loud: true":            {"loudly: true", "loudly"},
		"{phone_rung: {seconds": {"{phone_rung: {minutes", "minutes"},
		"output: {reached":      {"output: {heard", "heard"},
		"profile: bell":         {"profile: bells", "bell"},
	} {
		text := strings.Replace(sample(t), old, change.text, 1)
		_, findings := lintText(text)
		if !slices.ContainsFunc(findings, func(f syntax.Finding) bool {
			return strings.Contains(f.Message+f.Help, change.found)
		}) {
			t.Errorf("%s: %v", change.text, findings)
		}
	}
}

package property_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// TestMain plays a hundred lives a family and shrinks a failure for ten
// seconds. OFFAUTH_LONG=1 plays three thousand. A flag says it otherwise.
func TestMain(m *testing.M) {
	flag.Parse()
	told := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { told[f.Name] = true })
	set := func(name, value string) {
		if told[name] {
			return
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	set("rapid.shrinktime", "10s")
	set("rapid.nofailfile", "true") // the seed says it, and the story
	if os.Getenv("OFFAUTH_LONG") == "1" {
		set("rapid.checks", "3000")
	}
	os.Exit(m.Run())
}

// TestNoLifeBreaksAnInvariant plays random lives. A life that breaks an
// invariant is printed as a story, cut down to the Actions that matter.
func TestNoLifeBreaksAnInvariant(t *testing.T) {
	t.Parallel()
	for _, f := range families() {
		t.Run(string(f.name), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, holds(sound(), f))
		})
	}
}

// holds is the property: whatever is done, every invariant holds.
func holds(s setup, f family) func(*rapid.T) {
	return func(t *rapid.T) {
		d := lives(s, f).Draw(t, "life")
		if len(d.broken) == 0 {
			return
		}
		text, err := d.story()
		if err != nil {
			text = fmt.Sprintf("it is no story: %v", err)
		}
		t.Fatalf("%s is broken: %s\n%s", d.broken[0].ID, d.broken[0].What, text)
	}
}

// GoString is what rapid prints of a life: what was done, without secrets.
func (d *drawer) GoString() string { return fmt.Sprintf("%d Actions", len(d.moves)) }

package property_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// TestMain sets the defaults of rapid's flags: a hundred lives for each family, three
// thousand with OFFAUTH_LONG=1, and ten seconds to shrink a failure.
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
	set("rapid.nofailfile", "true") // the printed seed and story are enough
	if os.Getenv("OFFAUTH_LONG") == "1" {
		set("rapid.checks", "3000")
	}
	os.Exit(m.Run())
}

// TestNoLifeBreaksAnInvariant plays random lives. It shrinks a life that breaks an
// invariant and prints it as a story.
func TestNoLifeBreaksAnInvariant(t *testing.T) {
	t.Parallel()
	for _, f := range families() {
		t.Run(string(f.name), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, holds(sound(), f))
		})
	}
}

// holds returns the property: every invariant holds in every life.
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

// GoString returns a description of a life for rapid to print, without secrets.
func (d *drawer) GoString() string { return fmt.Sprintf("%d Actions", len(d.moves)) }

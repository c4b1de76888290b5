package lint_test

import (
	"bytes"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/syntax"
)

const crooked = `# on top
offauth:   scenario/v1
clock: {start: 2026-03-02T08:00:00Z}   # the clock
steps:
# first
- expect:
      events: [locked]
      refused: x   # why
  # about the lock
  workstation lock:
  id: lock


- phase: A   text # behind
- repeat: 2
  steps:
  -   wait: 1s

  # a tail
name:  crooked
description: |
    two
      lines
policy:
    pins: {count: 10,
      length: 6}
    offline:
        days: 7
# at the end
`

const straight = `# on top
offauth:   scenario/v1
name:  crooked
description: |
    two
      lines
policy:
  pins: {count: 10,
    length: 6}
  offline:
    days: 7
# at the end
clock: {start: 2026-03-02T08:00:00Z}   # the clock
steps:
  # first
  - id: lock
    # about the lock
    workstation lock:
    expect:
      refused: x   # why
      events: [locked]

  - phase: A   text # behind
  - repeat: 2
    steps:
      - wait: 1s

    # a tail
`

func TestFormattingOrdersKeysAndKeepsComments(t *testing.T) {
	t.Parallel()
	got, findings := lint.Format("crooked.scenario.yaml", []byte(crooked))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if string(got) != straight {
		t.Errorf("%s", got)
	}
	twice, findings := lint.Format("crooked.scenario.yaml", got)
	if len(findings) > 0 || !bytes.Equal(got, twice) {
		t.Errorf("a second time it changes: %v\n%s", findings, twice)
	}
}

// TestLayoutKeepsWhatAFileSays formats files with significant blank lines, anchors
// or document markers. Formatting them again changes nothing.
func TestLayoutKeepsWhatAFileSays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"name: a\ndescription: |+\n  a\n\n\n\nsteps: []\n": "name: a\ndescription: |+\n  " +
			"a\n\n\n\nsteps: []\n",
		"steps: []\ndescription: |+\n  a\n\n\n": "description: |+\n  a\n\n\nsteps: []\n",
		"description: |+\n  a\n\n\n# of the name\nname: b\nsteps: []\n": "# of the name\nname: b\ndescription: |+\n  " +
			"a\n\n\nsteps: []\n",
		"description: |+\n  a\nsteps: []\n\n\nname: b\n": "name: b\ndescription: |+\n  a\nsteps: []\n",
		"steps: []\ndescription: |\n  a\n\n\n  b\n\n\nname: c\n": "name: c\ndescription: |\n  a\n\n\n  " +
			"b\nsteps: []\n",
		"steps: []\nname: |\n\n# of nothing\nseed: 1\n": "name: |\n\n# of nothing\nseed: 1\nsteps: []\n",
		"# a head\n\n# and a mode line\n--- # marked\nsteps: []\nname: b\n": "# a head\n\n# and a mode line\n# " +
			"marked\n\nname: b\nsteps: []\n",
		"---\nsteps: []\nname: b\n...\n":                   "name: b\nsteps: []\n",
		"steps: []\nvars: {&a b: \"1\", c: *a}\nname: d\n": "name: d\nvars: {&a b: \"1\", c: *a}\nsteps: []\n",
		"steps: []\nx-y: &a k\nvars:\n    *a : 1\n":        "x-y: &a k\nvars:\n  *a : 1\nsteps: []\n",
		"steps:\n- x-a: |+\n    t\n\n- x-b: |+\n    u\n\n\nname: a\n": "name: a\nsteps:\n  - x-a: |+\n      t\n\n  - x-b: " +
			"|+\n      u\n\n\n",
	} {
		got, findings := lint.Format("a", []byte(text))
		if string(got) != want {
			t.Errorf("%q: %v\n%q, want\n%q", text, findings, got, want)
		}
		if twice, findings := lint.Format("a", got); string(twice) != string(got) {
			t.Errorf("%q: a second time it changes: %v\n%q", text, findings, twice)
		}
	}
	_, findings := lint.Format("a", []byte("steps:\n  - &a {wait: 1s}\nsetup:\n  - *a\n"))
	if len(findings) != 1 || findings[0].Line != 2 || findings[0].Col != 5 || !strings.Contains(findings[0].Message,
		"before its anchor &a") {
		t.Errorf("%v", findings)
	}
}

func TestWhatCannotBeLaidOutIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{offauth: scenario/v1, name: a}",
		"- a\n",
		"a: {b: ${c}}\n",
	} {
		if got, findings := lint.Format("a", []byte(text)); got != nil || len(findings) != 1 {
			t.Errorf("%q: %q, %v", text, got, findings)
		}
	}
}

// bare removes the positions from a story, which formatting changes.
func bare(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			bare(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			bare(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if v.Type().Elem().Kind() == reflect.Pointer {
				bare(v.MapIndex(key))
			}
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[syntax.Pos]() {
			v.SetZero()
			return
		}
		if n, ok := v.Addr().Interface().(*syntax.Node); ok { // the keys of an expectation may be in another order
			slices.SortFunc(n.Pairs, func(a, b syntax.Pair) int { return strings.Compare(a.Key, b.Key) })
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				bare(v.Field(i))
			}
		}
	}
}

func TestFormattingChangesNoStory(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	formatted := fstest.MapFS{}
	err := fs.WalkDir(library.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		text, err := fs.ReadFile(library.FS(), name)
		if err != nil {
			return err
		}
		files[name] = text
		laid, findings := lint.Format(name, text)
		if len(findings) > 0 {
			t.Errorf("%v", findings)
			return nil
		}
		if twice, _ := lint.Format(name, laid); !bytes.Equal(laid, twice) {
			t.Errorf("%s: a second time it changes", name)
		}
		formatted[name] = &fstest.MapFile{Data: laid}
		return nil
	})
	if err != nil || len(files) < 10 {
		t.Fatal(len(files), err)
	}
	for name := range files {
		if !strings.HasSuffix(name, lint.ScenarioSuffix) {
			continue
		}
		before, _ := lint.Load(library.FS(), name)
		after, findings := lint.Load(formatted, name)
		if before == nil || after == nil {
			t.Errorf("%s: %v", name, findings)
			continue
		}
		before.Sources, after.Sources = nil, nil
		bare(reflect.ValueOf(before))
		bare(reflect.ValueOf(after))
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%s: the story is another", name)
		}
	}
}

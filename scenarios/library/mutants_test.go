package library_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// repository is the project's root, from here.
const repository = "../.."

// mutant is a fault of one line in the core.
type mutant struct {
	// what names what it breaks, with the rule.
	what string
	file string
	// within is the line of the enclosing function, if old occurs more than once.
	within, old, new string
}

// mutants reads testdata/mutants.txt: blocks of "# what", "file:", "within:",
// "old:" and "new:".
func mutants(t *testing.T) []mutant {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "mutants.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var list []mutant
	for n, line := range strings.Split(string(text), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		if strings.HasPrefix(line, "# ") {
			list = append(list, mutant{what: strings.TrimPrefix(line, "# ")})
			continue
		}
		if line == "" {
			continue
		}
		if len(list) == 0 {
			t.Fatalf("line %d stands before the first mutant", n+1)
		}
		m := &list[len(list)-1]
		field := map[string]*string{"file": &m.file, "within": &m.within, "old": &m.old, "new": &m.new}[key]
		if field == nil || *field != "" {
			t.Fatalf("line %d is none of a mutant's: %s", n+1, line)
		}
		*field = value
	}
	return list
}

// apply returns the file with the fault in it.
func (m mutant) apply(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(m.file)))
	if err != nil {
		t.Fatalf("%s: %v", m.what, err)
	}
	lines := strings.Split(string(text), "\n")
	at, inside := -1, m.within == ""
	for i, line := range lines {
		if m.within != "" && strings.HasPrefix(line, "func ") {
			inside = line == m.within
		}
		if !inside || strings.TrimSpace(line) != m.old {
			continue
		}
		if at >= 0 {
			t.Fatalf("%s: the old line is twice in %s, at %d and %d", m.what, m.file, at+1, i+1)
		}
		at = i
	}
	if at < 0 || m.old == m.new {
		t.Fatalf("%s: no longer applies to %s", m.what, m.file)
	}
	lines[at] = m.new
	return strings.Join(lines, "\n")
}

func TestTheMutantsApplyToTheCoreAsItIs(t *testing.T) {
	t.Parallel()
	list := mutants(t)
	if len(list) < 30 {
		t.Errorf("there are %d mutants; 30 are the fewest", len(list))
	}
	for _, m := range list {
		m.apply(t)
		if !strings.HasPrefix(m.file, "authn/") {
			t.Errorf("%s: %s is not of the core", m.what, m.file)
		}
	}
}

// share is the fraction of the mutants, one in share, that run without OFFAUTH_LONG.
const share = 80

func TestTheLibraryKillsEveryMutant(t *testing.T) {
	long, tools := os.Getenv("OFFAUTH_LONG") == "1", os.Getenv("OFFAUTH_REQUIRE_TOOLS") == "1"
	if !long && !tools {
		t.Skip("builds the core once a mutant: OFFAUTH_LONG=1 for all, OFFAUTH_REQUIRE_TOOLS=1 for a share")
	}
	if code, out := play(t, nil); code != 0 {
		t.Fatalf("the library does not pass without a fault, exit %d:\n%s", code, out)
	}
	busy := make(chan struct{}, max(1, runtime.NumCPU()))
	t.Run("mutants", func(t *testing.T) {
		for i, m := range mutants(t) {
			if !long && i%share != 0 {
				continue
			}
			t.Run(m.what, func(t *testing.T) {
				t.Parallel()
				busy <- struct{}{}
				defer func() { <-busy }()
				// 8 is a failing story; 2 is a panic, or a story that the linter refuses, as
				// it gets the ranges of settings from the core.
				if code, out := play(t, &m); code != 8 && code != 2 {
					t.Errorf("lives, exit %d: %s: %s becomes %s\n%s", code, m.file, m.old, m.new, out)
				}
			})
		}
	})
}

// TestRandomLivesFindMutants builds the property test (scenarios/property) with
// each fault of testdata/found.txt, which random lives are known to find.
func TestRandomLivesFindMutants(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "found.txt"))
	if err != nil {
		t.Fatal(err)
	}
	all := mutants(t)
	busy := make(chan struct{}, max(1, runtime.NumCPU()))
	for what := range strings.Lines(string(text)) {
		what = strings.TrimSuffix(what, "\n")
		i := slices.IndexFunc(all, func(m mutant) bool { return m.what == what })
		if i < 0 {
			t.Errorf("found.txt names %q, which is no mutant", what)
			continue
		}
		t.Run(what, func(t *testing.T) {
			if os.Getenv("OFFAUTH_LONG") != "1" {
				t.Skip("builds the core once a mutant: OFFAUTH_LONG=1")
			}
			t.Parallel()
			busy <- struct{}{}
			defer func() { <-busy }()
			if out, err := randomLives(t, all[i]); err == nil {
				t.Errorf("is not found: %s\n%s", all[i].file, out)
			}
		})
	}
}

// randomLives plays up to 1,500 random lives, of 40 Actions each, of the family
// that a fault is in, or of every family. The error says that one broke an invariant.
func randomLives(t *testing.T, m mutant) (string, error) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "property.test")
	build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay(t, dir, &m), "-o", program,
		"./scenarios/property")
	build.Dir, build.Env = repository, append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("does not build: %v\n%s", err, text)
	}
	family := path.Base(path.Dir(m.file))
	if !slices.Contains([]string{"hypr", "encap", "onespan"}, family) {
		family = ""
	}
	run := exec.CommandContext(t.Context(), program, "-test.run", "^TestNoLifeBreaksAnInvariant$/"+family,
		"-rapid.checks=1500", "-rapid.shrinktime=0s", "-rapid.nofailfile")
	run.Dir = dir
	text, err := run.CombinedOutput()
	return string(text), err
}

// play builds testdata/play with a fault, or without, and runs it. Building all of
// offauth would take several times as long.
func play(t *testing.T, m *mutant) (exit int, out string) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "play")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	args := []string{"build", "-ldflags=-s -w", "-o", program}
	if m != nil {
		args = append(args, "-overlay", overlay(t, dir, m))
	}
	build := exec.Command("go", append(args, "./scenarios/library/testdata/play")...)
	build.Dir, build.Env = repository, append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("does not build: %v\n%s", err, text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, program)
	run.Dir = dir
	text, err := run.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return run.ProcessState.ExitCode(), string(text)
}

// overlay writes the file with the fault and the overlay file for go build.
func overlay(t *testing.T, dir string, m *mutant) string {
	t.Helper()
	original, err := filepath.Abs(filepath.Join(repository, filepath.FromSlash(m.file)))
	if err != nil {
		t.Fatal(err)
	}
	faulty := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(faulty, []byte(m.apply(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{original: faulty}})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

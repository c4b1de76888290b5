package run

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// The codes of failures that the run finds, in addition to those of the player.
const (
	CodeGolden      = "golden"
	CodeDeterminism = "determinism"
	CodePanic       = "panic"
)

// golden compares the transcript of a passed instance with its golden, or updates the
// golden. Repetitions with another seed have no golden.
func (r *runner) golden(in Instance, result *Result) {
	story := in.Story
	if story.Golden == "" || result.Status != Passed || r.Goldens == nil || result.Seed != story.Seed || len(in.Set) > 0 {
		return
	}
	name, text := goldenPath(in), strings.Join(result.Transcript, "\n")+"\n"
	if r.Update != nil && r.Update(in.ID) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.goldens[name] = text
		return
	}
	want, err := fs.ReadFile(r.Goldens, name)
	f := Failure{Pos: story.GoldenAt, Code: CodeGolden, What: name, Expected: "the transcript of the golden",
		Actions: result.Actions}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Got = "there is no such file; --update makes it"
	case err != nil:
		f.Got = err.Error()
	case string(want) == text:
		return
	default:
		f.Got = "another one"
		f.Diff = diff(strings.Split(strings.TrimSuffix(string(want), "\n"), "\n"), result.Transcript)
	}
	result.Status, result.Failures = Failed, append(result.Failures, f)
}

// goldenPath returns the path of an instance's golden: that of the story, with the
// text in the brackets of the ID before the extension.
func goldenPath(in Instance) string {
	_, row, ok := strings.Cut(in.ID, "[")
	if !ok {
		return in.Story.Golden
	}
	row = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, c) {
			return '_'
		}
		return c
	}, strings.TrimSuffix(row, "]"))
	base, ext := in.Story.Golden, ""
	if dot := strings.LastIndexByte(base, '.'); dot > strings.LastIndexByte(base, '/') {
		base, ext = base[:dot], base[dot:]
	}
	return base + "." + row + ext
}

// around is the number of lines that a diff shows before and after a change, and most
// the maximum number of lines.
const (
	around = 2
	most   = 60
)

// diff returns the difference between two lists of lines: - for wanted and + for actual
// lines. Goldens are short and mostly equal, so it removes the common lines at both
// ends and shows the middle.
func diff(want, got []string) []string {
	from := 0
	for from < len(want) && from < len(got) && want[from] == got[from] {
		from++
	}
	end := 0
	for end < len(want)-from && end < len(got)-from && want[len(want)-1-end] == got[len(got)-1-end] {
		end++
	}
	var lines []string
	for _, line := range want[max(0, from-around):from] {
		lines = append(lines, "  "+line)
	}
	for _, line := range want[from : len(want)-end] {
		lines = append(lines, "- "+line)
	}
	for _, line := range got[from : len(got)-end] {
		lines = append(lines, "+ "+line)
	}
	for _, line := range got[len(got)-end : min(len(got), len(got)-end+around)] {
		lines = append(lines, "  "+line)
	}
	if more := len(lines) - most; more > 0 {
		lines = append(lines[:most], fmt.Sprintf("  and %d more lines", more))
	}
	return lines
}

package run

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// The codes of failures that the run finds, beside the player's.
const (
	CodeGolden      = "golden"
	CodeDeterminism = "determinism"
	CodePanic       = "panic"
)

// golden compares the transcript of an instance that passed with its golden,
// or takes it down as the new one. Repetitions with another seed have none.
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

// goldenPath is the file of an instance's golden: the story's, with what is in
// the brackets of its ID in front of the ending.
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

// around is how many lines a diff shows before and after a change, and most
// how many it has at most.
const (
	around = 2
	most   = 60
)

// diff writes what differs between two lists of lines, - for what was wanted
// and + for what came. Goldens are short and mostly alike, so it cuts off what
// both have at their ends, and shows the middle.
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

package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/offauth/offauth/scenarios/run"
)

// Kind is a form of report.
type Kind string

// The forms of reports.
const (
	Text   Kind = "text"
	JSON   Kind = "json"
	JUnit  Kind = "junit"
	TAP    Kind = "tap"
	Events Kind = "events"
	GitHub Kind = "github"
)

// Kinds returns every form, by name.
func Kinds() []Kind { return []Kind{Events, GitHub, JSON, JUnit, TAP, Text} }

// Options say how a report is written. The zero Options work; without Sources a
// failure does not show the line of the file.
type Options struct {
	// Sources are the texts of the files, by path, for the lines that a failure
	// shows. A file that is not there shows no line.
	Sources map[string]string
	// Rerun is the command that plays the same files, without --filter and
	// --seed; empty leaves the line out.
	Rerun string
	// Seeded is true if the seeds are not those of the files, so that playing
	// one again needs --seed.
	Seeded bool
	// Colour turns on colours; nothing is said by colour alone.
	Colour bool
	// Verbose lists all instances with their transcripts, not only those that
	// did not pass.
	Verbose bool
	// Last is how many of the last events a failure shows; 0 means 8.
	Last int
}

// Write writes a report in a format. It returns the error of the writer, or an
// error for an unknown format.
func Write(w io.Writer, kind Kind, r run.Report, o Options) error {
	switch kind {
	case Text:
		return writeText(w, r, o)
	case JSON:
		return writeJSON(w, r, o)
	case JUnit:
		return writeJUnit(w, r, o)
	case TAP:
		return writeTAP(w, r, o)
	case Events:
		return writeEvents(w, r)
	case GitHub:
		return writeGitHub(w, r, o)
	}
	return fmt.Errorf("there is no report of the kind %q", kind)
}

// Known reports whether there is such a form.
func Known(kind Kind) bool { return slices.Contains(Kinds(), kind) }

// wrong reports whether a result needs attention.
func wrong(s run.Status) bool {
	return s == run.Failed || s == run.Errored || s == run.XPassed
}

// Broken reports whether the process should exit with a failure: a story failed,
// had an error or passed unexpectedly, or nothing ran at all.
func Broken(r run.Report) bool {
	ran := false
	for _, one := range r.Results {
		if wrong(one.Status) {
			return true
		}
		ran = ran || one.Status != run.NotRun
	}
	return !ran
}

// Panicked reports whether one of the errors is a panic, which is a bug of
// offauth and not of the story.
func Panicked(r run.Report) bool {
	return slices.ContainsFunc(r.Results, func(one run.Result) bool {
		return slices.ContainsFunc(failures(one), func(f run.Failure) bool { return f.Code == "panic" })
	})
}

// failures returns the failures of a result; those of its cleanup come last.
func failures(one run.Result) []run.Failure {
	return append(slices.Clone(one.Failures), one.Cleanup...)
}

// name returns the id of a result, with the number of the repetition if the
// story ran more than once.
func name(one run.Result, repeated bool) string {
	if repeated {
		return line(fmt.Sprintf("%s #%d", one.ID, one.Repeat))
	}
	return line(one.ID)
}

// repeated reports whether instances were played more than once.
func repeated(r run.Report) bool {
	return slices.ContainsFunc(r.Results, func(one run.Result) bool { return one.Repeat > 1 })
}

// rerun returns the command that plays one result again, or "".
func (o Options) rerun(one run.Result) string {
	if o.Rerun == "" {
		return ""
	}
	// The filter is a pattern, so what cannot be typed need not be.
	pattern := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, one.ID)
	command := o.Rerun + " --filter " + shellWord(pattern)
	if o.Seeded {
		command += fmt.Sprintf(" --seed %d", one.Seed)
	}
	return line(command)
}

// shellWord quotes a text for a POSIX shell if it needs it.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%,=", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// last returns the last events that a failure shows.
func (o Options) last(f run.Failure) []string {
	most := o.Last
	if most <= 0 {
		most = 8
	}
	return f.Last[max(0, len(f.Last)-most):]
}

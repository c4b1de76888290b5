package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/run"
)

// writeText writes a report for people: a line for each result that did not pass, the
// failures in full, and the summary.
func writeText(w io.Writer, r run.Report, o Options) error {
	t := &text{options: o, palette: palette(o.Colour), repeated: repeated(r)}
	t.list(r)
	for _, one := range r.Results {
		if o.Verbose {
			t.transcript(one)
		}
	}
	for _, one := range r.Results {
		if wrong(one.Status) {
			t.block(one)
		}
	}
	t.foot(r)
	_, err := io.WriteString(w, t.String())
	return err
}

// text writes a report as text.
type text struct {
	strings.Builder
	palette
	options  Options
	repeated bool
}

func (t *text) linef(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// word returns the word for a status, in a column of five characters.
func (t *text) word(s run.Status) string {
	switch s {
	case run.Failed:
		return t.red("FAIL ")
	case run.Errored:
		return t.red("ERROR")
	case run.XPassed:
		return t.red("XPASS")
	case run.XFailed:
		return t.yellow("XFAIL")
	case run.Skipped:
		return t.yellow("SKIP ")
	case run.NotRun:
		return t.yellow("NOT  ")
	}
	return t.green("ok   ")
}

// list writes a line for each result that did not pass, or for all of them;
// failures come first.
func (t *text) list(r run.Report) {
	results := slices.Clone(r.Results)
	slices.SortStableFunc(results, func(a, b run.Result) int {
		switch {
		case wrong(a.Status) == wrong(b.Status):
			return 0
		case wrong(a.Status):
			return -1
		}
		return 1
	})
	for _, one := range results {
		plain := one.Status == run.Passed || one.Status == run.NotRun
		if plain && !t.options.Verbose {
			continue
		}
		t.linef("%s %s%s", t.word(one.Status), name(one, t.repeated), reason(one))
	}
}

// reason returns what follows the name on a line of the list.
func reason(one run.Result) string {
	if one.Status == run.Passed {
		return fmt.Sprintf(" (%s, %s virtual, %d actions)", wall(one.Wall), virtual(one.Virtual), one.Actions)
	}
	if all := failures(one); wrong(one.Status) && len(all) > 0 {
		more := ""
		if len(all) > 1 {
			more = fmt.Sprintf(" (and %d more)", len(all)-1)
		}
		return "  " + place(all[0].File, all[0].Line, all[0].Col) + ": " + message(all[0]) + more
	}
	if one.Reason == "" {
		return ""
	}
	return "  " + line(one.Reason)
}

// transcript writes the transcript of a result.
func (t *text) transcript(one run.Result) {
	if len(one.Transcript) == 0 {
		return
	}
	t.linef("\n%s", t.bold("=== "+name(one, t.repeated)))
	for _, l := range one.Transcript {
		t.linef("    %s", line(l))
	}
}

// foot ends the report; the last line is the summary.
func (t *text) foot(r run.Report) {
	if t.Len() > 0 {
		t.linef("")
	}
	if r.Shuffle != nil {
		t.linef("order: shuffled; again with --shuffle=%d", *r.Shuffle)
	}
	if r.KDF != "" && t.options.Verbose { // authors of stories rarely need it
		t.linef("PINs were stretched at the cost of scenarios: %s", r.KDF)
	}
	if r.Interrupted {
		t.linef("%s: what was not run is not passed", t.yellow("interrupted"))
	}
	summary := Summary(r)
	if Broken(r) {
		summary = t.red(summary)
	}
	t.linef("%s", summary)
}

package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/run"
)

// writeTAP writes TAP 14: a test point for each instance, with its phases as a subtest.
func writeTAP(w io.Writer, r run.Report, o Options) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n", len(r.Results))
	for i, one := range r.Results {
		title := tapText(name(one, repeated(r)))
		subtests(&b, title, one)
		ok := "ok"
		if wrong(one.Status) || one.Status == run.XFailed {
			ok = "not ok"
		}
		fmt.Fprintf(&b, "%s %d - %s%s\n", ok, i+1, title, directive(one))
		if ok == "not ok" {
			diagnostics(&b, one, o)
		}
	}
	if r.Interrupted {
		b.WriteString("Bail out! interrupted\n")
	}
	fmt.Fprintf(&b, "# %s\n", Summary(r))
	_, err := io.WriteString(w, b.String())
	return err
}

// directive returns the directive for a result that a harness must not count.
func directive(one run.Result) string {
	switch one.Status {
	case run.Skipped:
		return " # SKIP " + tapText(one.Reason)
	case run.NotRun:
		return " # SKIP not run: " + tapText(one.Reason)
	case run.XFailed:
		return " # TO" + "DO " + tapText(one.Reason) // the word that TAP prescribes
	}
	return ""
}

// subtests writes the phases, where a story has any.
func subtests(b *strings.Builder, title string, one run.Result) {
	if len(one.Phases) == 0 || len(one.Phases) == 1 && one.Phases[0].Title == "" {
		return
	}
	fmt.Fprintf(b, "# Subtest: %s\n    1..%d\n", title, len(one.Phases))
	for i, p := range one.Phases {
		ok, called := "ok", p.Title
		if p.Failed {
			ok = "not ok"
		}
		if called == "" {
			called = "the beginning"
		}
		fmt.Fprintf(b, "    %s %d - %s\n", ok, i+1, tapText(called))
	}
}

// diagnostics writes the YAML block of a failed test point. A JSON string is valid YAML.
func diagnostics(b *strings.Builder, one run.Result, o Options) {
	quote := func(s string) string {
		text, _ := json.Marshal(s) // a string cannot fail
		return string(authn.VisibleJSON(text))
	}
	b.WriteString("  ---\n")
	if one.Reason != "" {
		fmt.Fprintf(b, "  reason: %s\n", quote(one.Reason))
	}
	fmt.Fprintf(b, "  seed: %d\n", one.Seed)
	for i, f := range failures(one) {
		if i == 0 {
			b.WriteString("  failures:\n")
		}
		fmt.Fprintf(b, "    - code: %s\n      message: %s\n      file: %s\n      line: %d\n      column: %d\n", quote(f.Code),
			quote(f.What), quote(f.File), f.Line, f.Col)
		fmt.Fprintf(b, "      expected: %s\n      got: %s\n      outcome: %s\n", quote(f.Expected), quote(f.Got),
			quote(f.Outcome))
	}
	if again := o.rerun(one); again != "" {
		fmt.Fprintf(b, "  rerun: %s\n", quote(again))
	}
	b.WriteString("  ...\n")
}

// tapText escapes the characters that are special in a test point.
func tapText(text string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(line(text))
}

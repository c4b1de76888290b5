package report

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/syntax"
)

// block shows the failures of a result in full.
func (t *text) block(one run.Result) {
	t.linef("\n%s %s (%s, %s virtual)", t.bold(t.red("--- "+verdict(one.Status)+":")), name(one, t.repeated),
		wall(one.Wall), virtual(one.Virtual))
	if one.Reason != "" {
		t.linef("%s: %s", place(one.Path, one.Line, 0), line(one.Reason))
	}
	t.failures(one.Failures)
	if len(one.Cleanup) > 0 {
		t.linef("in the cleanup:")
		t.failures(one.Cleanup)
	}
	if again := t.options.rerun(one); again != "" {
		t.linef("      rerun         %s", again)
	}
}

func verdict(s run.Status) string {
	switch s {
	case run.Errored:
		return "ERROR"
	case run.XPassed:
		return "XPASS"
	}
	return "FAIL"
}

// failures shows failures. What the failures of one step share is printed after
// the last of them.
func (t *text) failures(all []run.Failure) {
	for i, f := range all {
		t.failure(f)
		if i+1 == len(all) || all[i+1].Step != f.Step || all[i+1].Actions != f.Actions || all[i+1].Phase != f.Phase {
			t.context(f)
		}
	}
}

// failure shows one failure: where, the line, what was expected and what came.
func (t *text) failure(f run.Failure) {
	what, more, _ := strings.Cut(f.What, "\n")
	if what == "" {
		what = f.Code
	}
	if f.Code != "expect" && !strings.Contains(what, f.Code) {
		what = f.Code + ": " + what
	}
	t.linef("%s: %s", place(f.File, f.Line, f.Col), t.bold(line(what)))
	for _, l := range excerpt(t.options.Sources, f.Pos, t.palette) {
		t.linef("%s", l)
	}
	t.compared(f)
	for _, l := range lines(more) {
		t.linef("      | %s", line(l))
	}
	if f.Diff != nil {
		t.linef("      = -want +got")
	}
	for _, l := range f.Diff {
		t.linef("      | %s", line(l))
	}
}

// context shows how the story got there, and what happened just before.
func (t *text) context(f run.Failure) {
	if at := whereIn(f); at != "" {
		t.linef("      %s", at)
	}
	t.stack(f.Stack)
	if f.Outcome != "" && !strings.Contains(f.Got, f.Outcome) {
		t.linef("      it gave       %s", line(f.Outcome))
	}
	for i, event := range t.options.last(f) {
		head := "last events"
		if i > 0 {
			head = "           "
		}
		t.linef("      %s   %s", head, line(event))
	}
}

// compared shows the expected and the actual value side by side, or on separate
// lines if they are long.
func (t *text) compared(f run.Failure) {
	if f.Expected == "" && f.Got == "" {
		return
	}
	if len(f.Expected)+len(f.Got) < 90 && !strings.Contains(f.Got, "\n") {
		t.linef("      = expected %s   got %s", line(f.Expected), line(f.Got))
		return
	}
	t.linef("      = expected %s", line(f.Expected))
	for i, l := range lines(f.Got) {
		head := "        got     "
		if i > 0 {
			head = "                "
		}
		t.linef("%s %s", head, line(l))
	}
}

// lines splits a text into lines; an empty text has none.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// whereIn returns where in the story a failure is.
func whereIn(f run.Failure) string {
	var parts []string
	if f.Phase != "" {
		parts = append(parts, fmt.Sprintf("phase %q", line(f.Phase)))
	}
	if f.Step != "" {
		parts = append(parts, "step "+line(f.Step))
	}
	switch f.Actions {
	case 0:
	case 1:
		parts = append(parts, "after 1 action")
	default:
		parts = append(parts, fmt.Sprintf("after %d actions", f.Actions))
	}
	return strings.Join(parts, ", ")
}

// stack shows the stack of fragment calls, if any.
func (t *text) stack(frames []run.Frame) {
	if len(frames) < 2 {
		return
	}
	for i, frame := range frames {
		head := "calls"
		if i > 0 {
			head = "     "
		}
		t.linef("      %s         %s  %s", head, where(frame.Pos), line(frame.What))
	}
}

func where(at syntax.Pos) string { return place(at.File, at.Line, at.Col) }

package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/run"
)

// line returns a text with its control characters made visible, for one line.
func line(text string) string { return authn.Visible(text) }

// place writes where something is: file:line:col, or as much of it as is known.
func place(file string, row, col int) string {
	file = line(file)
	switch {
	case row <= 0:
		return file
	case col <= 0:
		return fmt.Sprintf("%s:%d", file, row)
	}
	return fmt.Sprintf("%s:%d:%d", file, row, col)
}

// visibleJSON writes JSON in which control characters are visible too: it is
// read on terminals.
type visibleJSON struct{ w io.Writer }

// Write implements io.Writer. An encoder writes whole values.
func (v visibleJSON) Write(p []byte) (int, error) {
	if _, err := v.w.Write(authn.VisibleJSON(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// message returns a failure on one line.
func message(f run.Failure) string {
	text := line(firstLine(f.What))
	if text == "" {
		text = f.Code
	}
	if f.Expected != "" || f.Got != "" {
		text += ": expected " + line(f.Expected) + ", got " + line(firstLine(f.Got))
	}
	return text
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// virtual formats virtual time in the largest unit that it fills.
func virtual(d time.Duration) string {
	for _, unit := range []struct {
		one  time.Duration
		name string
	}{{authn.Day, "d"}, {time.Hour, "h"}, {time.Minute, "min"}} {
		if d >= unit.one {
			return fmt.Sprintf("%.1f %s", float64(d)/float64(unit.one), unit.name)
		}
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// wall formats a short span of real time.
func wall(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// Summary returns the last line of a report, for grep. An unexpected pass counts
// as failed; expected failures, if any, are counted separately.
func Summary(r run.Report) string {
	text := fmt.Sprintf("%d passed, %d failed, %d errors, %d skipped, %d not run",
		r.Count(run.Passed), r.Count(run.Failed)+r.Count(run.XPassed), r.Count(run.Errored), r.Count(run.Skipped),
		r.Count(run.NotRun))
	if n := r.Count(run.XFailed); n > 0 {
		text += fmt.Sprintf(", %d failed as expected", n)
	}
	return text + fmt.Sprintf(" (%.2f s, %s virtual)", r.Wall.Seconds(), virtual(r.Virtual()))
}

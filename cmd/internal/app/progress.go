package app

import (
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/offauth/offauth/authn"
)

// Paints reports whether a terminal here knows more than lines of text. One that
// is called dumb, or whose kind nobody knows, does not; the consoles of Windows
// have no TERM and do.
func (d *Deps) Paints() bool {
	switch d.Env("TERM") {
	case "":
		return runtime.GOOS == "windows"
	case "dumb", "unknown":
		return false
	}
	return true
}

// Progress says how far something is, on stderr: on a terminal each report
// takes the place of the one before; elsewhere only the first is said.
func (d *Deps) Progress(text string, first bool) {
	if d.Flags.Quiet || d.Flags.JSON {
		return
	}
	if d.Streams.ErrTTY && d.Paints() {
		_, _ = fmt.Fprintf(Unfiltered(d.Streams.Err), "\r\x1b[K%s", authn.Visible(text))
		return
	}
	if first {
		d.Say("%s", text)
	}
}

// EndProgress wipes what progress left on a terminal.
func (d *Deps) EndProgress() {
	if d.Streams.ErrTTY && d.Paints() && !d.Flags.Quiet && !d.Flags.JSON {
		_, _ = fmt.Fprint(Unfiltered(d.Streams.Err), "\r\x1b[K")
	}
}

// patience is how long a set may take to be made before that is worth a word.
const patience = 330 * time.Millisecond

// sealing returns the function that is told of slow work and tells a person at a
// terminal, once it takes long.
func sealing(d *Deps) func(done, of int) {
	if !d.Streams.ErrTTY {
		return nil
	}
	var began time.Time
	said := false
	return func(done, of int) {
		now := d.Now()
		if began.IsZero() {
			began = now
		}
		if now.Sub(began) < patience {
			return
		}
		d.Progress(fmt.Sprintf("sealing PINs ... %d of %d", done, of), !said)
		said = true
		if done == of {
			d.EndProgress()
			began, said = time.Time{}, false
		}
	}
}

// SpanWord writes a span as one word that parseSpan reads.
func SpanWord(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return d.String()
}

// Colours reports whether the output may be coloured.
func (d *Deps) Colours() bool { return d.Streams.OutTTY && d.Paints() && d.Env("NO_COLOR") == "" }

package cli

import (
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/offauth/offauth/authn"
)

// paints reports whether a terminal here knows more than lines of text. One that
// is called dumb, or whose kind nobody knows, does not; the consoles of Windows
// have no TERM and do.
func (d *Deps) paints() bool {
	switch d.env("TERM") {
	case "":
		return runtime.GOOS == "windows"
	case "dumb", "unknown":
		return false
	}
	return true
}

// progress says how far something is, on stderr: on a terminal each report
// takes the place of the one before; elsewhere only the first is said.
func (d *Deps) progress(text string, first bool) {
	if d.Flags.Quiet || d.Flags.JSON {
		return
	}
	if d.Streams.ErrTTY && d.paints() {
		_, _ = fmt.Fprintf(drawn(d.Streams.Err), "\r\x1b[K%s", authn.Visible(text))
		return
	}
	if first {
		d.say("%s", text)
	}
}

// endProgress wipes what progress left on a terminal.
func (d *Deps) endProgress() {
	if d.Streams.ErrTTY && d.paints() && !d.Flags.Quiet && !d.Flags.JSON {
		_, _ = fmt.Fprint(drawn(d.Streams.Err), "\r\x1b[K")
	}
}

// patience is how long a set may take to be made before that is worth a word.
const patience = 330 * time.Millisecond

// making returns the function that is told of slow work and tells a person at a
// terminal, once it takes long.
func (d *Deps) making() func(done, of int) {
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
		d.progress(fmt.Sprintf("sealing PINs ... %d of %d", done, of), !said)
		said = true
		if done == of {
			d.endProgress()
			began, said = time.Time{}, false
		}
	}
}

// spanWord writes a span as one word that parseSpan reads.
func spanWord(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return d.String()
}

// colours reports whether the output may be coloured.
func (d *Deps) colours() bool { return d.Streams.OutTTY && d.paints() && d.env("NO_COLOR") == "" }

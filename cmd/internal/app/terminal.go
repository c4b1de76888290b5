package app

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/offauth/offauth/authn"
)

// visibleWriter makes all output safe for a terminal: control characters become
// visible (authn.Visible); line ends and tabs stay. Drawings of offauth itself
// go to the writer beneath (Unfiltered).
type visibleWriter struct {
	mu sync.Mutex
	to io.Writer
	// rest holds an incomplete character, which the next Write completes.
	rest []byte
	// err is the first error of writing.
	err error
}

// Visible returns the streams with a visibleWriter around each output.
func (s Streams) Visible() Streams {
	for _, w := range []*io.Writer{&s.Out, &s.Err} {
		if _, ok := (*w).(*visibleWriter); !ok {
			*w = &visibleWriter{to: *w}
		}
	}
	return s
}

// Flush writes what is still held, and returns the first error of writing to
// stdout.
func (s Streams) Flush() error {
	for _, w := range []io.Writer{s.Err, s.Out} {
		if held, ok := w.(*visibleWriter); ok {
			held.flush()
		}
	}
	if out, ok := s.Out.(*visibleWriter); ok {
		return out.err
	}
	return nil
}

// Write implements io.Writer.
func (s *visibleWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := append(s.rest, p...)
	end := wholeRunes(text)
	s.rest = append([]byte(nil), text[end:]...)
	if err := s.write(visibleLines(string(text[:end]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// write writes a visible text, and remembers the first error, an ErrOutput.
func (s *visibleWriter) write(text string) error {
	_, err := io.WriteString(s.to, text)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrOutput, err)
		s.err = cmp.Or(s.err, err)
	}
	return err
}

// flush writes the incomplete character at the end, if there is one.
func (s *visibleWriter) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) > 0 {
		_ = s.write(authn.Visible(string(s.rest))) // Flush returns it
		s.rest = nil
	}
}

// wholeRunes returns the length of text without an incomplete character or line
// end.
func wholeRunes(text []byte) int {
	if bytes.HasSuffix(text, []byte("\r")) {
		return len(text) - 1
	}
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if at := len(text) - back; utf8.RuneStart(text[at]) {
			if !utf8.FullRune(text[at:]) {
				return at
			}
			break
		}
	}
	return len(text)
}

// visibleLines applies authn.Visible to a text of several lines with tabs.
func visibleLines(text string) string {
	i := strings.IndexAny(text, "\n\t")
	if i < 0 {
		return authn.Visible(text)
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexAny(text, "\n\t") {
		line, end := text[:i], text[i:i+1]
		if end == "\n" && strings.HasSuffix(line, "\r") {
			line, end = line[:i-1], "\r\n"
		}
		b.WriteString(authn.Visible(line) + end)
		text = text[i+1:]
	}
	b.WriteString(authn.Visible(text))
	return b.String()
}

// OneOutput makes line ends in a line of output visible, as they would forge
// another line.
func OneOutput(text string) string { return strings.ReplaceAll(text, "\n", `\u{a}`) }

// Unfiltered returns the writer for drawings with escapes: the QR code,
// colours, progress. Callers make external text visible themselves.
func Unfiltered(w io.Writer) io.Writer {
	if s, ok := w.(*visibleWriter); ok {
		return s.to
	}
	return w
}

// Paints reports whether the terminal understands escapes. TERM=dumb and
// unknown do not; Windows consoles have no TERM and do.
func (d *Deps) Paints() bool {
	switch d.Env("TERM") {
	case "":
		return runtime.GOOS == "windows"
	case "dumb", "unknown":
		return false
	}
	return true
}

// Progress prints progress to stderr: on a terminal each report replaces the
// one before; elsewhere only the first is printed.
func (d *Deps) Progress(text string, first bool) {
	if d.Flags.Quiet || d.Flags.JSON {
		return
	}
	if d.Streams.ErrTTY && d.Paints() {
		_, _ = fmt.Fprintf(Unfiltered(d.Streams.Err), "\r\x1b[K%s", authn.Visible(text))
		return
	}
	if first {
		d.Sayf("%s", text)
	}
}

// EndProgress clears the progress line on a terminal.
func (d *Deps) EndProgress() {
	if d.Streams.ErrTTY && d.Paints() && !d.Flags.Quiet && !d.Flags.JSON {
		_, _ = fmt.Fprint(Unfiltered(d.Streams.Err), "\r\x1b[K")
	}
}

// sealingDelay is how long sealing a set of PINs may take before its progress is
// shown.
const sealingDelay = 330 * time.Millisecond

// sealing returns the callback that shows the progress of slow work on a
// terminal.
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
		if now.Sub(began) < sealingDelay {
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

// SpanWord returns a span as one word that ParseSpan reads.
func SpanWord(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return d.String()
}

// Colours reports whether the output may be coloured.
func (d *Deps) Colours() bool { return d.Streams.OutTTY && d.Paints() && d.Env("NO_COLOR") == "" }

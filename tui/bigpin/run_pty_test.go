//go:build !windows

package bigpin_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/offauth/offauth/tui/bigpin"
)

const (
	enterAlt = "\x1b[?1049h"
	leaveAlt = "\x1b[?1049l"
	wipe     = "\x1b[J"
)

// coloured is a sequence that colours, and not one that ends colour.
var coloured = regexp.MustCompile(`\x1b\[0*[1-9][0-9;]*m`)

// session is a Run on a pseudo terminal of its own.
type session struct {
	t        *testing.T
	terminal *os.File // what the person sees and types
	side     *os.File // what the program has
	seen     strings.Builder
	hidden   atomic.Bool // moves the clock to the end
	cancel   context.CancelFunc
	done     chan struct{}
	ended    bigpin.Ended
	err      error
}

// start runs the card and comes back when that picture is on the screen.
func start(t *testing.T, pin, picture string, width, height uint16) *session {
	t.Helper()
	t.Setenv("CI", "") // termenv takes a CI's terminal for none
	t.Setenv("TERM", "xterm-256color")
	terminal, side, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	if err := pty.Setsize(terminal, &pty.Winsize{Cols: width, Rows: height}); err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, terminal: terminal, side: side, done: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	s.cancel = cancel
	go func() {
		defer close(s.done)
		defer side.Close() // the end of what can be read
		s.ended, s.err = bigpin.Run(ctx, card(pin), bigpin.Sight{Clock: s.now}, nil, side, side)
	}()
	s.readUntil(picture)
	return s
}

func (s *session) now() time.Time {
	if s.hidden.Load() {
		return noon.Add(time.Minute)
	}
	return noon
}

// readUntil reads what comes; with nothing to wait for it reads to the end.
func (s *session) readUntil(text string) {
	s.t.Helper()
	chunk := make([]byte, 4096)
	for text == "" || !strings.Contains(s.seen.String(), text) {
		n, err := s.terminal.Read(chunk)
		s.seen.Write(chunk[:n])
		if err != nil && text == "" {
			return // EOF, or on Linux EIO
		}
		if err != nil {
			s.t.Fatalf("%q never came: %v; seen %q", text, err, s.seen.String())
		}
	}
}

func (s *session) finish() (bigpin.Ended, string) {
	s.t.Helper()
	s.readUntil("")
	<-s.done
	s.cancel()
	if s.err != nil {
		s.t.Fatal(s.err)
	}
	return s.ended, s.seen.String()
}

func TestOnATerminalThePINLivesOnTheAlternateScreenOnly(t *testing.T) {
	press := func(keys string) func(*session) {
		return func(s *session) { _, _ = s.terminal.WriteString(keys) }
	}
	for _, row := range []struct {
		name          string
		width, height uint16
		picture       string // a piece of the PIN ABCD2345 as it is drawn
		end           func(*session)
		want          bigpin.Ended
	}{
		{"enter", 80, 24, "██▀▀██", press("\r"), bigpin.Closed},
		{"enter in text", 20, 12, "A B C D   2 3 4 5", press("\r"), bigpin.Closed},
		{"one row", 16, 2, "ABCD 2345", press("q"), bigpin.Closed},
		{"ctrl+c", 80, 24, "██▀▀██", press("\x03"), bigpin.Interrupted},
		{"timeout", 80, 24, "██▀▀██", func(s *session) { s.hidden.Store(true) }, bigpin.TimedOut},
		{"context", 80, 24, "██▀▀██", func(s *session) { s.cancel() }, bigpin.Interrupted},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, "ABCD2345", row.picture, row.width, row.height)
			row.end(s)
			ended, out := s.finish()
			if ended != row.want {
				t.Errorf("the card ended by %v, want %v", ended, row.want)
			}
			before, inside, entered := strings.Cut(out, enterAlt)
			inside, after, left := strings.Cut(inside, leaveAlt)
			if !entered || !left {
				t.Fatalf("the alternate screen was not entered and left: %q", out)
			}
			if !strings.Contains(inside, row.picture) {
				t.Errorf("the PIN was never shown: %q", inside)
			}
			if strings.ContainsAny(before+after, "█▀▄") || strings.Contains(before+after, "A B C") ||
				strings.Contains(before+after, "ABCD") {
				t.Errorf("the PIN outside the alternate screen: %q, %q", before, after)
			}
			if strings.LastIndex(inside, wipe) < strings.LastIndex(inside, row.picture) {
				t.Errorf("the alternate screen was left with the PIN on it: %q", inside)
			}
		})
	}
}

func TestNOCOLORIsObeyed(t *testing.T) {
	for value, want := range map[string]bool{"": true, "1": false} {
		t.Setenv("NO_COLOR", value)
		s := start(t, "ABCD2345", "██▀▀██", 80, 24)
		_, _ = s.terminal.WriteString("\r")
		if _, out := s.finish(); coloured.MatchString(out) != want {
			t.Errorf("NO_COLOR=%q: coloured %t, want %t: %q", value, !want, want, out)
		}
	}
}

package bigpin_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/offauth/offauth/tui/bigpin"
)

func TestACancelledContextShowsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	ended, err := bigpin.Run(ctx, card("ABCD2345"), bigpin.Sight{Clock: func() time.Time { return noon }}, nil,
		strings.NewReader(""), &out)
	if ended != bigpin.Interrupted || err != nil || out.Len() > 0 {
		t.Errorf("%v, %v, wrote %q", ended, err, out.String())
	}
}

func TestACardPastItsTimeTouchesNoTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	ended, err := bigpin.Run(t.Context(), card("ABCD2345"),
		bigpin.Sight{Clock: func() time.Time { return noon.Add(time.Hour) }}, nil, strings.NewReader(""), &out)
	if ended != bigpin.TimedOut || err != nil || out.Len() > 0 {
		t.Errorf("%v, %v, wrote %q", ended, err, out.String())
	}
}

// A program that fails does not clear its screen by itself.
func TestAFailingTerminalIsAnErrorAndLeavesACleanScreen(t *testing.T) {
	t.Parallel()
	gone := errors.New("the terminal is gone")
	var out bytes.Buffer
	_, err := bigpin.Run(t.Context(), card("ABCD2345"), bigpin.Sight{Clock: func() time.Time { return noon }}, nil,
		iotest.ErrReader(gone), &out)
	if !errors.Is(err, gone) {
		t.Errorf("error %v, want %v", err, gone)
	}
	if !strings.HasSuffix(out.String(), "\x1b[?1049h\x1b[2J\x1b[?1049l\x1b[?25h\x1b[?2004l") {
		t.Errorf("the screen was not visited again: %q", out.String())
	}
}

package screen_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/offauth/offauth/tui/screen"
)

// idle is a program that does nothing until it is ended.
type idle struct{}

func (idle) Init() tea.Cmd                         { return nil }
func (idle) View() string                          { return "" }
func (i idle) Update(tea.Msg) (tea.Model, tea.Cmd) { return i, nil }

// deaf is a terminal on which each write blocks forever.
type deaf struct {
	once  sync.Once
	tried chan struct{}
}

func (d *deaf) Write([]byte) (int, error) {
	d.once.Do(func() { close(d.tried) })
	select {}
}

// A terminal that is no longer read blocks bubbletea forever. The end of the context still
// ends Run.
func TestATerminalThatTakesNoOutputDoesNotKeepRun(t *testing.T) {
	t.Parallel()
	out := &deaf{tried: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := screen.Run(ctx, idle{}, strings.NewReader(""), out)
		ended <- err
	}()
	<-out.tried
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}

func TestAContextThatHasEndedTouchesNoTerminal(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out strings.Builder
	if _, err := screen.Run(ctx, idle{}, strings.NewReader(""), &out); err != nil || out.Len() > 0 {
		t.Errorf("%v, wrote %q", err, out.String())
	}
}

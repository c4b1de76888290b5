package bigpin

import (
	"context"
	"fmt"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/offauth/offauth/tui/screen"
)

// Run shows the card on the alternate screen of a terminal, until its time is
// over, the phone no longer shows the PIN, or the user or the context ends it,
// and returns which. The clock is that of sight, so it may be a world's; watch
// is polled for the state of the phone, and may be nil. The end of the context
// is Interrupted and not an error. An error means that the terminal or watch
// failed.
//
// However it ends, the alternate screen is wiped before it is left, and the
// scrollback has never seen the PIN.
func Run(ctx context.Context, card Card, sight Sight, watch Watch, in io.Reader, out io.Writer) (Ended, error) {
	model := New(card, sight, watch, teaTick, NewLook(lipgloss.NewRenderer(out)))
	if model.Ended() != Showing {
		return model.Ended(), nil
	}
	last, err := screen.Run(ctx, model, in, out)
	if err != nil {
		return Interrupted, fmt.Errorf("show the PIN: %w", err)
	}
	model = last.(Model)
	if model.Ended() == Showing {
		return Interrupted, nil
	}
	return model.Ended(), model.err
}

// teaTick is the only place where real time passes.
func teaTick(after time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(after, func(time.Time) tea.Msg { return msg })
}

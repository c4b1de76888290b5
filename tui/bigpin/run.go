package bigpin

import (
	"context"
	"fmt"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
)

// revisit enters the alternate screen and leaves it again. Entering clears it.
const revisit = "\x1b[?1049h\x1b[2J\x1b[?1049l"

// Run shows the card on the alternate screen of the terminal that in and out
// are, until its time is over or the person, a signal or the context ends it,
// and says which. The clock is now's, so it may be a world's. The end of the
// context is an end like the others, Interrupted, and no error: the caller
// knows its own context. An error means that the terminal failed.
//
// However it ends, the alternate screen is wiped before it is left, and the
// scrollback has never seen the PIN.
func Run(ctx context.Context, card Card, now func() time.Time, in io.Reader, out io.Writer) (Ended, error) {
	if ctx.Err() != nil {
		return Interrupted, nil
	}
	model := New(card, now, teaTick, NewLook(lipgloss.NewRenderer(out)))
	if model.Ended() != Showing {
		return model.Ended(), nil
	}
	program := tea.NewProgram(model, tea.WithAltScreen(), tea.WithInput(in), tea.WithOutput(out), tea.WithFilter(orderly))
	// Not tea.WithContext: that kills the program, and a killed one leaves
	// the alternate screen without wiping it. A stopMsg ends it in order.
	detach := context.AfterFunc(ctx, func() { program.Send(stopMsg{}) })
	defer detach()
	last, err := program.Run()
	if err != nil {
		// The program was torn down with the PIN on its screen.
		_, _ = io.WriteString(out, revisit)
		return Interrupted, fmt.Errorf("show the PIN: %w", err)
	}
	return last.(Model).Ended(), nil
}

// orderly turns what bubbletea makes of SIGINT and SIGTERM into a stopMsg:
// left alone, the first would not wipe the screen and the second would draw
// the PIN once more. The QuitMsg that follows the model's own end passes.
func orderly(m tea.Model, msg tea.Msg) tea.Msg {
	if model, ours := m.(Model); ours && model.Ended() != Showing {
		return msg
	}
	switch msg.(type) {
	case tea.InterruptMsg, tea.QuitMsg:
		return stopMsg{}
	default:
		return msg
	}
}

// teaTick is the only place where real time passes.
func teaTick(after time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(after, func(time.Time) tea.Msg { return msg })
}

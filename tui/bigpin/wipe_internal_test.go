package bigpin

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/offauth/offauth/authn"
)

// Inside the package, because what is proved here has no door: what the model
// still holds, and what becomes of bubbletea's own messages.

func model() Model {
	start := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	c := Card{Workstation: "W", PIN: authn.NewSecret("ABCD2345"), ShownAt: start, HiddenAt: start.Add(time.Minute)}
	return New(c, func() time.Time { return start }, nil, Look{})
}

func TestTheEndedModelHoldsNoPIN(t *testing.T) {
	t.Parallel()
	for _, msg := range []tea.Msg{tea.KeyMsg{Type: tea.KeyEnter}, tea.KeyMsg{Type: tea.KeyCtrlC}, stopMsg{}} {
		next, _ := model().Update(msg)
		if !next.(Model).card.PIN.Empty() {
			t.Errorf("after %T the model still holds the PIN", msg)
		}
	}
}

// SIGINT and SIGTERM reach the program as these two messages.
func TestSignalsEndTheCardInOrder(t *testing.T) {
	t.Parallel()
	for _, signal := range []tea.Msg{tea.InterruptMsg{}, tea.QuitMsg{}} {
		m := model()
		next, _ := m.Update(orderly(m, signal))
		if ended := next.(Model); ended.Ended() != Interrupted || ended.View() != "" {
			t.Errorf("%T: the card is %v", signal, ended.Ended())
		}
		if _, quit := orderly(next, tea.QuitMsg{}).(tea.QuitMsg); !quit {
			t.Error("the quit of an ended card does not pass")
		}
	}
}

package bigpin

import (
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/offauth/offauth/authn"
)

// This test is in the package because it reads private fields of the model.

func model() Model {
	start := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	c := Card{Workstation: "W", PIN: authn.NewSecret("ABCD2345"), ShownAt: start, HiddenAt: start.Add(time.Minute)}
	return New(c, Sight{Clock: func() time.Time { return start }}, nil, nil, Look{})
}

func TestTheEndedModelHoldsNoPIN(t *testing.T) {
	t.Parallel()
	for _, msg := range []tea.Msg{tea.KeyMsg{Type: tea.KeyEnter}, tea.KeyMsg{Type: tea.KeyCtrlC},
		sightMsg{err: errors.New("gone")}} {
		next, _ := model().Update(msg)
		if !next.(Model).card.PIN.Empty() {
			t.Errorf("after %T the model still holds the PIN", msg)
		}
	}
}

package bigpin_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/offauth/offauth/tui/bigpin"
)

// hand is a model with messages, clock and ticks under the control of the test.
type hand struct {
	model bigpin.Model
	at    time.Time
	ticks []tea.Msg
	after []time.Duration
}

func newHand(pin string) *hand {
	h := &hand{at: noon}
	h.model = bigpin.New(card(pin), bigpin.Sight{Clock: h.now}, nil, h.tick, bigpin.Look{})
	h.model.Init()
	h.feed(tea.WindowSizeMsg{Width: 80, Height: 24})
	return h
}

func (h *hand) now() time.Time { return h.at }

func (h *hand) tick(after time.Duration, msg tea.Msg) tea.Cmd {
	h.ticks = append(h.ticks, msg)
	h.after = append(h.after, after)
	return func() tea.Msg { return msg }
}

func (h *hand) feed(msg tea.Msg) tea.Cmd {
	next, cmd := h.model.Update(msg)
	h.model = next.(bigpin.Model)
	return cmd
}

func (h *hand) lastTick() tea.Msg { return h.ticks[len(h.ticks)-1] }

func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, quit := cmd().(tea.QuitMsg)
	return quit
}

func TestEveryKeyEndsTheCardAsItsHelpSays(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		key  tea.KeyMsg
		want bigpin.Ended
	}{
		{tea.KeyMsg{Type: tea.KeyEnter}, bigpin.Closed},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("q")}, bigpin.Closed},
		{tea.KeyMsg{Type: tea.KeyEsc}, bigpin.Closed},
		{tea.KeyMsg{Type: tea.KeyCtrlC}, bigpin.Interrupted},
	} {
		t.Run(row.key.String(), func(t *testing.T) {
			t.Parallel()
			h := newHand("ABCD2345")
			for _, want := range []string{"enter close", "ctrl+c cancel"} {
				if !strings.Contains(h.model.View(), want) {
					t.Errorf("the help does not say %q", want)
				}
			}
			if !quits(h.feed(row.key)) || h.model.Ended() != row.want {
				t.Errorf("the card is %v, want %v", h.model.Ended(), row.want)
			}
			if got := h.model.View(); got != "" {
				t.Errorf("after the end the view is %q", got)
			}
		})
	}
}

func TestOtherKeysDoNothing(t *testing.T) {
	t.Parallel()
	h := newHand("ABCD2345")
	before := h.model.View()
	for _, key := range []tea.KeyMsg{
		{Type: tea.KeySpace, Runes: []rune(" ")}, {Type: tea.KeyRunes, Runes: []rune("x")},
		{Type: tea.KeyRunes, Runes: []rune("q"), Paste: true}, {Type: tea.KeyCtrlZ}, {Type: tea.KeyUp},
	} {
		if cmd := h.feed(key); cmd != nil || h.model.Ended() != bigpin.Showing || h.model.View() != before {
			t.Errorf("%q did something", key)
		}
	}
}

func TestTheCardEndsWhenItsTimeIsOver(t *testing.T) { // H18
	t.Parallel()
	h := newHand("ABCD2345")
	h.at = noon.Add(time.Minute - time.Nanosecond)
	if quits(h.feed(h.lastTick())) || !strings.Contains(h.model.View(), " 1 s left") {
		t.Errorf("ended before its time, or shows\n%s", h.model.View())
	}
	if got := h.after[len(h.after)-1]; got != time.Nanosecond {
		t.Errorf("the last tick comes after %v, want at the end itself", got)
	}
	h.at = noon.Add(time.Minute)
	if !quits(h.feed(h.lastTick())) || h.model.Ended() != bigpin.TimedOut || h.model.View() != "" {
		t.Errorf("the card is %v and shows %q", h.model.Ended(), h.model.View())
	}
}

// A laptop that slept wakes with the PIN long out of date: whatever message
// comes first must end the card, not draw it again.
func TestAnyMessageAfterTheTimeEndsTheCard(t *testing.T) {
	t.Parallel()
	for _, msg := range []tea.Msg{
		tea.WindowSizeMsg{Width: 100, Height: 30}, tea.KeyMsg{Type: tea.KeyUp}, tea.KeyMsg{Type: tea.KeyEnter},
		tea.FocusMsg{},
	} {
		h := newHand("ABCD2345")
		h.at = noon.Add(time.Hour)
		if !quits(h.feed(msg)) || h.model.Ended() != bigpin.TimedOut {
			t.Errorf("%T: the card is %v", msg, h.model.Ended())
		}
	}
}

func TestACardWhoseTimeIsOverIsNeverShown(t *testing.T) {
	t.Parallel()
	m := bigpin.New(card("ABCD2345"), bigpin.Sight{Clock: func() time.Time { return noon.Add(time.Hour) }}, nil, nil,
		bigpin.Look{})
	if m.Ended() != bigpin.TimedOut || !quits(m.Init()) || m.View() != "" {
		t.Errorf("the card is %v and shows %q", m.Ended(), m.View())
	}
}

func TestAStrayTickStartsNoSecondChain(t *testing.T) {
	t.Parallel()
	h := newHand("ABCD2345")
	first := h.lastTick()
	if h.feed(first) == nil {
		t.Fatal("the tick that was asked for brought no next one")
	}
	if h.feed(first) != nil || len(h.ticks) != 2 {
		t.Errorf("a tick that was counted brought another; %d were asked for", len(h.ticks))
	}
}

func TestTheCardFollowsTheSizeOfTheScreen(t *testing.T) {
	t.Parallel()
	h := newHand("ABCD2345")
	for _, size := range [][2]int{{120, 40}, {40, 24}, {20, 12}, {5, 3}, {1, 1}, {80, 24}} {
		h.feed(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		view := h.model.View()
		if lipgloss.Width(view) > size[0] || lipgloss.Height(view) > size[1] {
			t.Errorf("%v: drawn as %d x %d", size, lipgloss.Width(view), lipgloss.Height(view))
		}
	}
}

func TestTheEndsHaveNames(t *testing.T) {
	t.Parallel()
	for ended, want := range map[bigpin.Ended]string{
		bigpin.Showing: "showing", bigpin.TimedOut: "timeout", bigpin.Closed: "closed", bigpin.Interrupted: "interrupted",
		bigpin.Hidden: "hidden", bigpin.Failed: "failed",
	} {
		if got := ended.String(); got != want {
			t.Errorf("%d is %q, want %q", ended, got, want)
		}
	}
}

// watched is a hand with a model that polls a phone, whose state the test sets.
type watched struct {
	*hand
	sight *bigpin.Sight
	fault error
}

func newWatched() *watched {
	w := &watched{hand: &hand{at: noon}}
	w.model = bigpin.New(card("ABCD2345"), bigpin.Sight{Clock: w.now}, w.watch, w.tick, bigpin.Look{})
	w.feed(tea.WindowSizeMsg{Width: 80, Height: 24})
	return w
}

func (w *watched) watch() (*bigpin.Sight, error) { return w.sight, w.fault }

// look has the model look at the phone, as it does several times a second.
func (w *watched) look() (quit bool) {
	batch := w.model.Init()().(tea.BatchMsg)
	for _, cmd := range batch {
		if msg := cmd(); msg != nil {
			quit = quit || quits(w.feed(msg))
		}
	}
	return quit
}

func TestTheCardEndsWhenThePhoneShowsItNoLonger_H18(t *testing.T) {
	t.Parallel()
	w := newWatched()
	if w.look() || w.model.Ended() != bigpin.Showing {
		t.Fatal("nothing changed, and the card ended")
	}
	w.sight = &bigpin.Sight{Clock: w.now, Gone: true}
	if !w.look() || w.model.Ended() != bigpin.Hidden || w.model.View() != "" {
		t.Errorf("the card is %v and shows %q", w.model.Ended(), w.model.View())
	}
}

func TestTheCardFollowsTheClockOfTheWorld_H18(t *testing.T) {
	t.Parallel()
	w := newWatched()
	w.sight = &bigpin.Sight{Clock: func() time.Time { return noon.Add(20 * time.Second) }, Frozen: true}
	if w.look() || !strings.Contains(w.model.View(), "40 s left, the clock is frozen") {
		t.Errorf("after an advance and a freeze the card is\n%s", w.model.View())
	}
	w.sight = &bigpin.Sight{Clock: func() time.Time { return noon.Add(time.Minute) }, Frozen: true}
	if !w.look() || w.model.Ended() != bigpin.TimedOut {
		t.Errorf("after an advance past the display timeout the card is %v", w.model.Ended())
	}
}

// A clock that is frozen just before the end must not be read without pause.
func TestAFrozenClockIsLookedAtNoMoreOftenThanAnother(t *testing.T) {
	t.Parallel()
	h := &hand{at: noon.Add(time.Minute - time.Millisecond)}
	h.model = bigpin.New(card("ABCD2345"), bigpin.Sight{Clock: h.now, Frozen: true}, nil, h.tick, bigpin.Look{})
	h.model.Init()
	if got := h.after[0]; got < 100*time.Millisecond {
		t.Errorf("the next look comes after %v", got)
	}
}

func TestAWorldThatCannotBeReadEndsTheCard(t *testing.T) {
	t.Parallel()
	w := newWatched()
	w.fault = errors.New("the world was deleted")
	if !w.look() || w.model.Ended() != bigpin.Failed || w.model.View() != "" {
		t.Errorf("the card is %v and shows %q", w.model.Ended(), w.model.View())
	}
}

package bigpin

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/offauth/offauth/authn"
)

// Ended says why a card is no longer shown.
type Ended int

// The ends of a card. Showing is none: it is still there.
const (
	Showing Ended = iota
	// TimedOut: the display timeout elapsed, or the set expired (rule H18).
	TimedOut
	// Closed: the person has read it and closed it.
	Closed
	// Interrupted: Ctrl-C, a signal, or the end of the caller's context.
	Interrupted
)

func (e Ended) String() string {
	switch e {
	case TimedOut:
		return "timeout"
	case Closed:
		return "closed"
	case Interrupted:
		return "interrupted"
	default:
		return "showing"
	}
}

// Ticker makes the command that delivers msg after that time. It is the
// runner's (tea.Tick); a test hands in its own.
type Ticker func(after time.Duration, msg tea.Msg) tea.Cmd

// beat is the time between two looks at the clock: short enough for the bar
// to glide, long enough to cost nothing.
const beat = 200 * time.Millisecond

// tickMsg is one look at the clock. Only the one whose id was asked for last
// counts, so a stray tick cannot start a second chain.
type tickMsg struct{ id int }

// stopMsg ends the card from outside: a signal, or the caller's context.
type stopMsg struct{}

// Model shows a card until it ends. It is a tea.Model; the clock and the
// ticks come from whoever makes it.
type Model struct {
	card          Card
	now           func() time.Time
	tick          Ticker
	look          Look
	at            time.Time
	width, height int
	tickID        int
	ended         Ended
}

var _ tea.Model = Model{}

// New makes a model of the card. Without a ticker the clock is looked at
// only when a message comes.
func New(card Card, now func() time.Time, tick Ticker, look Look) Model {
	m := Model{card: card, now: now, tick: tick, look: look, at: now()}
	if !m.at.Before(card.End()) {
		m = m.end(TimedOut)
	}
	return m
}

// Ended says whether the card has ended, and how.
func (m Model) Ended() Ended { return m.ended }

// Init starts the ticks.
func (m Model) Init() tea.Cmd {
	if m.ended != Showing {
		return tea.Quit
	}
	return m.nextTick()
}

// Update takes a key, a new size or a tick. Whatever came, the clock is asked
// first: after a laptop's sleep the first message must not show the PIN again.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if m.ended != Showing {
		return m, tea.Quit
	}
	if m.at = m.now(); !m.at.Before(m.card.End()) {
		return m.end(TimedOut), tea.Quit
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyMsg:
		if ended, bound := keyEnd(msg); bound {
			return m.end(ended), tea.Quit
		}
	case stopMsg:
		return m.end(Interrupted), tea.Quit
	case tickMsg:
		if msg.id == m.tickID {
			m.tickID++
			return m, m.nextTick()
		}
	}
	return m, nil
}

// View draws the card on the whole screen; nothing before the size of the
// screen is known, and nothing after the end.
func (m Model) View() string {
	if m.ended != Showing {
		return ""
	}
	return Draw(m.card, m.at, m.width, m.height, m.look)
}

// end lets go of the PIN, so that neither View nor who holds the model can
// show it again.
func (m Model) end(how Ended) Model {
	m.ended = how
	m.card.PIN = authn.Secret{}
	return m
}

func (m Model) nextTick() tea.Cmd {
	if m.tick == nil {
		return nil
	}
	// The last tick comes at the end itself, not up to a beat after it.
	return m.tick(min(beat, m.card.End().Sub(m.at)), tickMsg{id: m.tickID})
}

package bigpin

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/offauth/offauth/authn"
)

// Ended is the reason why a card was closed.
type Ended int

// The reasons why a card was closed. Showing means that it is still open.
const (
	Showing Ended = iota
	// TimedOut: the display timeout elapsed, or the set expired (rule H18).
	TimedOut
	// Closed: the user closed it.
	Closed
	// Hidden: the phone no longer shows the PIN, for whatever reason.
	Hidden
	// Interrupted: Ctrl-C, or the end of the caller's context.
	Interrupted
	// Failed: the state of the phone cannot be read.
	Failed
)

func (e Ended) String() string {
	switch e {
	case TimedOut:
		return "timeout"
	case Closed:
		return "closed"
	case Hidden:
		return "hidden"
	case Interrupted:
		return "interrupted"
	case Failed:
		return "failed"
	default:
		return "showing"
	}
}

// Sight is the state of the phone that shows the PIN.
type Sight struct {
	// Clock is the phone's clock. Frozen is true if it is stopped.
	Clock  func() time.Time
	Frozen bool
	// Gone is true if the phone no longer shows the PIN (rule H18).
	Gone bool
}

// Watch returns the state of the phone if it may have changed, else nil. It is
// called several times a second, and never from Update.
type Watch func() (*Sight, error)

// Ticker returns the command that delivers msg after a duration: tea.Tick, or a
// stand-in of a test.
type Ticker func(after time.Duration, msg tea.Msg) tea.Cmd

// beat is the time between two reads of the clock: short enough for a smooth bar, long
// enough to cost nothing.
const beat = 200 * time.Millisecond

// tickMsg is one look at the clock. Only the one whose id was asked for last
// counts, so a stray tick cannot start a second chain.
type tickMsg struct{ id int }

// sightMsg is one look at the phone. It is independent of the ticks, so that a
// slow look does not keep the clock from ending the card.
type sightMsg struct {
	sight *Sight
	err   error
}

// Model is a tea.Model that shows a card until it ends. The caller of New provides the
// clock and the ticks.
type Model struct {
	card          Card
	now           func() time.Time
	watch         Watch
	tick          Ticker
	look          Look
	at            time.Time
	width, height int
	tickID        int
	ended         Ended
	err           error
}

var _ tea.Model = Model{}

// New returns a model of the card. Without a ticker it reads the clock only when a
// message arrives, and never polls the phone.
func New(card Card, sight Sight, watch Watch, tick Ticker, look Look) Model {
	return Model{card: card, watch: watch, tick: tick, look: look}.saw(sight)
}

// saw handles the state of the phone, and ends the card if no PIN is shown.
func (m Model) saw(s Sight) Model {
	m.now, m.card.Frozen = s.Clock, s.Frozen
	m.at = m.now()
	switch {
	case !m.at.Before(m.card.End()):
		return m.end(TimedOut)
	case s.Gone:
		return m.end(Hidden)
	}
	return m
}

// Ended reports whether the card has ended, and how.
func (m Model) Ended() Ended { return m.ended }

// Init starts the looks at the clock and at the phone.
func (m Model) Init() tea.Cmd {
	if m.ended != Showing {
		return tea.Quit
	}
	return tea.Batch(m.nextTick(), m.nextSight())
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
	case tickMsg:
		if msg.id == m.tickID {
			m.tickID++
			return m, m.nextTick()
		}
	case sightMsg:
		return m.looked(msg)
	}
	return m, nil
}

// looked handles the result of a look at the phone, and asks for the next one.
func (m Model) looked(msg sightMsg) (tea.Model, tea.Cmd) {
	if msg.err != nil {
		m.err = msg.err
		return m.end(Failed), tea.Quit
	}
	if msg.sight != nil {
		if m = m.saw(*msg.sight); m.ended != Showing {
			return m, tea.Quit
		}
	}
	return m, m.nextSight()
}

// View returns the card for the whole screen, or "" before the size of the screen is
// known and after the end.
func (m Model) View() string {
	if m.ended != Showing {
		return ""
	}
	return Draw(m.card, m.at, m.width, m.height, m.look)
}

// end drops the PIN, so that neither View nor the owner of the model can show it
// again.
func (m Model) end(how Ended) Model {
	m.ended = how
	m.card.PIN = authn.Secret{}
	return m
}

func (m Model) nextTick() tea.Cmd {
	if m.tick == nil {
		return nil
	}
	after := beat
	if !m.card.Frozen {
		// The last tick comes at the end itself, not up to a beat after it.
		after = min(beat, m.card.End().Sub(m.at))
	}
	return m.tick(after, tickMsg{id: m.tickID})
}

func (m Model) nextSight() tea.Cmd {
	if m.watch == nil || m.tick == nil {
		return nil
	}
	wait, watch := m.tick(beat, nil), m.watch
	return func() tea.Msg {
		_ = wait()
		sight, err := watch()
		return sightMsg{sight, err}
	}
}

package screen

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// This test is in the package because only bubbletea uses a frame.

// picture is a program that draws one thing and quits on any key.
type picture struct{ width, height int }

func (picture) Init() tea.Cmd { return nil }
func (picture) View() string  { return "a secret" }
func (p picture) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.width, p.height = msg.Width, msg.Height
	case tea.KeyMsg:
		return p, tea.Quit
	}
	return p, nil
}

func feed(f frame, msg tea.Msg) (frame, tea.Cmd) {
	next, cmd := f.Update(filter(f, msg))
	return next.(frame), cmd
}

func TestNothingIsDrawnBeforeTheSizeIsKnown(t *testing.T) {
	t.Parallel()
	f := frame{Model: picture{}}
	if got := f.View(); got != "" {
		t.Errorf("drawn: %q", got)
	}
	if f, _ = feed(f, tea.WindowSizeMsg{Width: 80, Height: 24}); f.View() != "a secret" {
		t.Errorf("drawn: %q", f.View())
	}
}

func TestTheScreenIsEmptiedBeforeItIsLeft(t *testing.T) {
	t.Parallel()
	for name, msg := range map[string]tea.Msg{
		"the program quits": tea.QuitMsg{}, "it is interrupted": tea.InterruptMsg{}, "the context ends": leaveMsg{finished},
		"it is stopped": leaveMsg{stopped}, "Ctrl-Z": tea.KeyMsg{Type: tea.KeyCtrlZ},
	} {
		if name == "Ctrl-Z" && !canStop {
			continue
		}
		f, _ := feed(frame{Model: picture{}}, tea.WindowSizeMsg{Width: 80, Height: 24})
		f, cmd := feed(f, msg)
		if f.View() != "" || cmd == nil {
			t.Errorf("%s: drawn %q", name, f.View())
		}
		// Only then does the quit reach bubbletea.
		if _, quit := filter(f, cmd()).(tea.QuitMsg); !quit {
			t.Errorf("%s: it does not quit", name)
		}
	}
}

func TestASizeIsMadeOneThatCanBeDrawnOn(t *testing.T) {
	t.Parallel()
	for said, want := range map[[2]int][2]int{
		{80, 24}: {80, 24}, {0, 0}: {80, 24}, {0, 50}: {80, 50}, {132, 0}: {132, 24}, {-1, 3}: {80, 3}, {1, 1}: {1, 1},
		{65535, 65535}: {MaxWidth, MaxHeight},
	} {
		f, _ := feed(frame{Model: picture{}}, tea.WindowSizeMsg{Width: said[0], Height: said[1]})
		if p := f.Model.(picture); [2]int{p.width, p.height} != want {
			t.Errorf("%v became %d, %d", said, p.width, p.height)
		}
	}
}

package screen

import tea "github.com/charmbracelet/bubbletea"

// The largest area that is drawn; the rest stays empty. Drawing takes time for each cell,
// and a terminal may report 65,535 by 65,535 cells.
const (
	MaxWidth  = 600
	MaxHeight = 200
)

// The size that is assumed for a terminal that reports none.
const (
	usualWidth  = 80
	usualHeight = 24
)

// reason is why the screen is left.
type reason int

const (
	finished reason = iota // for good
	stopped                // by SIGTSTP, for this process
	halted                 // by Ctrl-Z, for the whole job
	dumped                 // by SIGQUIT
	aborted                // by SIGABRT
)

// leaveMsg empties and leaves the screen.
type leaveMsg struct{ why reason }

// frame wraps the model of the program for bubbletea and clears the screen at the end.
type frame struct {
	tea.Model
	// sized is true once the size of the screen is known. Before that nothing is
	// drawn, not even the program's last picture when it goes on after a stop.
	sized bool
	// left is true once the screen has to stay empty.
	left bool
	why  reason
}

// Update implements tea.Model.
func (f frame) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if f.left {
		return f, tea.Quit
	}
	switch msg := msg.(type) {
	case leaveMsg:
		f.left, f.why = true, msg.why
		return f, tea.Quit
	case tea.KeyMsg:
		if msg.Type == tea.KeyCtrlZ && canStop {
			f.left, f.why = true, halted
			return f, tea.Quit
		}
	case tea.WindowSizeMsg:
		f.sized = true
	}
	var cmd tea.Cmd
	f.Model, cmd = f.Model.Update(msg)
	return f, cmd
}

// View implements tea.Model.
func (f frame) View() string {
	if f.left || !f.sized {
		return ""
	}
	return f.Model.View()
}

// filter sees each message before bubbletea and its renderer do. It corrects
// sizes that cannot be drawn on, and empties the screen before a program quits.
func filter(m tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return fit(msg)
	case tea.QuitMsg, tea.InterruptMsg:
		if f := m.(frame); !f.left {
			return leaveMsg{finished}
		}
	}
	return msg
}

func fit(size tea.WindowSizeMsg) tea.WindowSizeMsg {
	if size.Width <= 0 {
		size.Width = usualWidth
	}
	if size.Height <= 0 {
		size.Height = usualHeight
	}
	return tea.WindowSizeMsg{Width: min(size.Width, MaxWidth), Height: min(size.Height, MaxHeight)}
}

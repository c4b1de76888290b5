package screen

import (
	"context"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/term"
)

// grace is how long a program may take to end. After it the terminal is restored
// without waiting any longer.
const grace = time.Second

// settle is how long a pending signal may take to arrive.
const settle = 100 * time.Millisecond

// wiped empties the alternate screen, entering it if need be, leaves it, shows
// the cursor and ends bracketed paste.
const wiped = "\x1b[?1049h\x1b[2J\x1b[?1049l\x1b[?25h\x1b[?2004l"

// Run runs a program on the alternate screen of a terminal until it quits or ctx
// ends, and returns its last model. The end of ctx is not an error. An error
// means that the terminal failed; it has been restored as far as possible.
func Run(ctx context.Context, model tea.Model, in io.Reader, out io.Writer) (tea.Model, error) {
	signals := catch()
	defer signals.release()
	for ctx.Err() == nil {
		last, err := once(ctx, model, in, out, signals)
		model = last.Model
		if err != nil || last.why == finished {
			return model, err
		}
		signals.pass(last.why)
	}
	return model, nil
}

// once runs the program until it quits, ctx ends, or a signal has to be handled.
func once(ctx context.Context, model tea.Model, in io.Reader, out io.Writer, signals *signals) (frame, error) {
	restore := Keep(in, out)
	program := tea.NewProgram(frame{Model: model},
		tea.WithAltScreen(), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler(), tea.WithFilter(filter))
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-ctx.Done():
			program.Send(leaveMsg{finished})
		case why := <-signals.came:
			program.Send(leaveMsg{why})
		case <-over:
		}
	}()
	type end struct {
		model tea.Model
		err   error
	}
	ended := make(chan end, 1) // room, for a program that is stuck is left behind
	go func() {
		last, err := program.Run()
		ended <- end{last, err}
	}()
	var last end
	select {
	case last = <-ended:
	case <-ctx.Done():
		select {
		case last = <-ended:
		case <-time.After(grace):
			restore()
			return frame{Model: model}, nil
		}
	}
	f, whole := last.model.(frame)
	if !whole { // it panicked
		f = frame{Model: model}
	}
	if last.err == nil {
		return f, nil
	}
	// It was torn down with its picture on the screen. A terminal that is gone
	// fails first and sends its SIGHUP next.
	restore()
	select {
	case <-ctx.Done():
		return f, nil
	case <-time.After(settle):
		return f, last.err
	}
}

// Keep saves the mode of the terminal in, and returns a function that restores
// it. With an out, that function first empties and leaves the alternate screen
// there. It does not wait for a terminal that takes no output.
func Keep(in io.Reader, out io.Writer) (restore func()) {
	var state *term.State
	file, _ := in.(*os.File)
	if file != nil {
		state, _ = term.GetState(int(file.Fd())) // not a terminal: nothing to restore
	}
	return func() {
		if out != nil {
			written := make(chan struct{})
			go func() {
				defer close(written)
				_, _ = io.WriteString(out, wiped)
			}()
			select {
			case <-written:
			case <-time.After(settle):
			}
		}
		if state != nil {
			_ = term.Restore(int(file.Fd()), state)
		}
	}
}

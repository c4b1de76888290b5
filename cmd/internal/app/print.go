package app

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/offauth/offauth/authn"
)

// Report is what a command has to say when it succeeded. Each field goes to
// one place, so that no command decides by itself what -q or --json mean.
type Report struct {
	// World is the name of the world it is about, or empty.
	World string
	// Outcome gives the time, the events, what is pending and the warnings.
	Outcome authn.Outcome
	// Result is the object of --json.
	Result any
	// Lines are the result as text on stdout.
	Lines []string
	// Drawing says that they are a QR code, drawn with escapes of its own.
	Drawing bool
	// File says that they are the text of a file, of which a pipe gets every
	// byte; a terminal does not.
	File bool
	// Bare is the result with -q: the value alone, or nothing.
	Bare []string
	// Notes go to stderr even with -q: a script goes wrong that does not heed
	// them.
	Notes []string
	// Talk goes to stderr, between the result and the hints.
	Talk []string
	// Hints are commands that help now; next is the next step of a newcomer.
	Hints []string
	Next  string
}

// ErrOutput wraps what went wrong with writing the result.
var ErrOutput = errors.New("cannot write the output")

// NeedStdout is the fault of a command that gives what is given once, where nobody
// can read it. It is asked before anything is spent.
func (d *Deps) NeedStdout() error {
	if !d.Streams.OutClosed {
		return nil
	}
	return &authn.Fault{Code: CodeHost, Message: "stdout is closed, or is the null device opened for reading too, and what this command gives is given once",
		Hints: []string{"give it a stdout; to throw the result away: >/dev/null"}}
}

// Print shows a report as the flags ask. A result that cannot be written is
// an error: a script would go on without its PIN.
func (d *Deps) Print(r Report) error {
	if d.Flags.JSON {
		return d.Envelope(Envelope{OK: true, World: r.World, At: StampOf(r.Outcome.At), Result: r.Result,
			Events: EventsJSON(r.Outcome.Events), Pending: pendingOf(r.Outcome.Pending), Warnings: r.Outcome.Warnings})
	}
	return d.PrintText(r)
}

// PrintText shows a report as text, whatever --json says.
func (d *Deps) PrintText(r Report) error {
	lines := r.Lines
	if d.Flags.Quiet {
		lines = r.Bare
	}
	for _, line := range lines {
		var err error
		if r.Drawing || r.File && !d.Streams.OutTTY {
			_, err = fmt.Fprintln(Unfiltered(d.Streams.Out), line)
		} else {
			_, err = fmt.Fprintln(d.Streams.Out, OneOutput(line))
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrOutput, err)
		}
	}
	for _, n := range r.Notes {
		d.Say("%s", n)
	}
	if d.Flags.Quiet {
		return nil
	}
	for _, w := range r.Outcome.Warnings {
		d.Say("warning: %s", w)
	}
	for _, t := range r.Talk {
		d.Say("%s", t)
	}
	d.Hint(d.AsTyped(r.Hints))
	if r.Next != "" {
		d.Say("next: %s", d.AsTyped([]string{r.Next})[0])
	}
	return nil
}

// Say writes a line of talk to stderr, whatever it holds. There is nobody to
// tell when that fails.
func (d *Deps) Say(format string, args ...any) {
	_, _ = fmt.Fprintln(d.Streams.Err, authn.Visible(fmt.Sprintf(format, args...)))
}

// Talk writes a line of talk at once, unless the flags ask for silence.
func (d *Deps) Talk(format string, args ...any) {
	if !d.Flags.Quiet && !d.Flags.JSON {
		d.Say(format, args...)
	}
}

// AsTyped writes hints as this user has to type them: with the program as it
// was called, and with the flags that picked the world.
func (d *Deps) AsTyped(hints []string) []string {
	out := make([]string, len(hints))
	for i, h := range hints {
		if strings.HasPrefix(h, "offauth ") {
			out[i] = typedCommand(d, h)
			continue
		}
		// In a sentence, commands stand between back quotes.
		parts := strings.Split(h, "`")
		for j := 1; j < len(parts); j += 2 {
			if strings.HasPrefix(parts[j], "offauth ") {
				parts[j] = typedCommand(d, parts[j])
			}
		}
		out[i] = strings.Join(parts, "`")
	}
	return out
}

func typedCommand(d *Deps, command string) string {
	stages := pipeline(command)
	for i, stage := range stages {
		if rest, ok := strings.CutPrefix(stage, "offauth "); ok {
			bare := unquoted(rest)
			stages[i] = d.Program + " " + rest + d.Whom.flags(bare)
			if !worldless(bare) {
				stages[i] += d.Flags.worldFlags(bare)
			}
		}
	}
	return strings.Join(stages, " | ")
}

// pipeline cuts a command at its pipes, but for those that are quoted.
func pipeline(command string) []string {
	var stages []string
	bare, start := unquoted(command), 0
	for {
		n := strings.Index(bare[start:], " | ")
		if n < 0 {
			return append(stages, command[start:])
		}
		stages = append(stages, command[start:start+n])
		start += n + len(" | ")
	}
}

// unquoted puts underscores in the place of what a command quotes: no pipe and
// no flag stands there.
func unquoted(command string) string {
	bare := []byte(command)
	quoted := false
	for i := 0; i < len(bare); i++ {
		switch {
		case bare[i] == '\'':
			quoted = !quoted
		case quoted:
			bare[i] = '_'
		case bare[i] == '\\':
			i++
		}
	}
	return string(bare)
}

// worldless reports whether a command is about no world, or names its own.
func worldless(command string) bool {
	noun, rest, _ := strings.Cut(command, " ")
	switch noun {
	case "scenario":
		return !strings.HasPrefix(rest, "record")
	case "world", "explain", "version", "help", "completion", "--help":
		return true
	}
	return false
}

// Table sets rows in columns; the first row is the heading.
func Table(rows [][]string) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		shown := make([]string, len(row))
		for i, cell := range row {
			shown[i] = authn.Visible(cell)
		}
		_, _ = fmt.Fprintln(w, strings.Join(shown, "\t")) // a Builder takes everything
	}
	_ = w.Flush()
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// When writes an instant: RFC 3339, and on a terminal how far it is from now.
func (d *Deps) When(t, now time.Time) string {
	text := t.UTC().Format(time.RFC3339)
	switch {
	case !d.Streams.OutTTY:
		return text
	case t.After(now):
		return fmt.Sprintf("%s (in %s)", text, SpanText(t.Sub(now)))
	}
	return fmt.Sprintf("%s (%s ago)", text, SpanText(now.Sub(t)))
}

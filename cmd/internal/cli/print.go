package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/offauth/offauth/authn"
)

// report is what a command has to say when it succeeded. Each field goes to
// one place, so that no command decides by itself what -q or --json mean.
type report struct {
	// world is the name of the world it is about, or empty.
	world string
	// outcome gives the time, the events, what is pending and the warnings.
	outcome authn.Outcome
	// result is the object of --json.
	result any
	// lines are the result as text on stdout.
	lines []string
	// drawing says that they are a QR code, drawn with escapes of its own.
	drawing bool
	// file says that they are the text of a file, of which a pipe gets every
	// byte; a terminal does not.
	file bool
	// bare is the result with -q: the value alone, or nothing.
	bare []string
	// notes go to stderr even with -q: a script goes wrong that does not heed
	// them.
	notes []string
	// talk goes to stderr, between the result and the hints.
	talk []string
	// hints are commands that help now; next is the next step of a newcomer.
	hints []string
	next  string
}

// errOutput wraps what went wrong with writing the result.
var errOutput = errors.New("cannot write the output")

// heard is the fault of a command that gives what is given once, where nobody
// can read it. It is asked before anything is spent.
func (d *Deps) heard() error {
	if !d.Streams.OutClosed {
		return nil
	}
	return &authn.Fault{Code: CodeHost, Message: "stdout is closed, or is the null device opened for reading too, and what this command gives is given once",
		Hints: []string{"give it a stdout; to throw the result away: >/dev/null"}}
}

// print shows a report as the flags ask. A result that cannot be written is
// an error: a script would go on without its PIN.
func (d *Deps) print(r report) error {
	if d.Flags.JSON {
		return d.envelope(envelope{OK: true, World: r.world, At: stampOf(r.outcome.At), Result: r.result,
			Events: eventsJSON(r.outcome.Events), Pending: pendingOf(r.outcome.Pending), Warnings: r.outcome.Warnings})
	}
	return d.printText(r)
}

// printText shows a report as text, whatever --json says.
func (d *Deps) printText(r report) error {
	lines := r.lines
	if d.Flags.Quiet {
		lines = r.bare
	}
	for _, line := range lines {
		var err error
		if r.drawing || r.file && !d.Streams.OutTTY {
			_, err = fmt.Fprintln(drawn(d.Streams.Out), line)
		} else {
			_, err = fmt.Fprintln(d.Streams.Out, oneOutput(line))
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errOutput, err)
		}
	}
	for _, n := range r.notes {
		d.say("%s", n)
	}
	if d.Flags.Quiet {
		return nil
	}
	for _, w := range r.outcome.Warnings {
		d.say("warning: %s", w)
	}
	for _, t := range r.talk {
		d.say("%s", t)
	}
	d.hint(d.asTyped(r.hints))
	if r.next != "" {
		d.say("next: %s", d.asTyped([]string{r.next})[0])
	}
	return nil
}

// say writes a line of talk to stderr, whatever it holds. There is nobody to
// tell when that fails.
func (d *Deps) say(format string, args ...any) {
	_, _ = fmt.Fprintln(d.Streams.Err, authn.Visible(fmt.Sprintf(format, args...)))
}

// talk writes a line of talk at once, unless the flags ask for silence.
func (d *Deps) talk(format string, args ...any) {
	if !d.Flags.Quiet && !d.Flags.JSON {
		d.say(format, args...)
	}
}

// asTyped writes hints as this user has to type them: with the program as it
// was called, and with the flags that picked the world.
func (d *Deps) asTyped(hints []string) []string {
	out := make([]string, len(hints))
	for i, h := range hints {
		if strings.HasPrefix(h, "offauth ") {
			out[i] = d.typedCommand(h)
			continue
		}
		// In a sentence, commands stand between back quotes.
		parts := strings.Split(h, "`")
		for j := 1; j < len(parts); j += 2 {
			if strings.HasPrefix(parts[j], "offauth ") {
				parts[j] = d.typedCommand(parts[j])
			}
		}
		out[i] = strings.Join(parts, "`")
	}
	return out
}

func (d *Deps) typedCommand(command string) string {
	stages := pipeline(command)
	for i, stage := range stages {
		if rest, ok := strings.CutPrefix(stage, "offauth "); ok {
			bare := unquoted(rest)
			stages[i] = d.Program + " " + rest + d.meant.flags(bare)
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

// table sets rows in columns; the first row is the heading.
func table(rows [][]string) []string {
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

// when writes an instant: RFC 3339, and on a terminal how far it is from now.
func (d *Deps) when(t, now time.Time) string {
	text := t.UTC().Format(time.RFC3339)
	switch {
	case !d.Streams.OutTTY:
		return text
	case t.After(now):
		return fmt.Sprintf("%s (in %s)", text, spanText(t.Sub(now)))
	}
	return fmt.Sprintf("%s (%s ago)", text, spanText(now.Sub(t)))
}

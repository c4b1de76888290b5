package app

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Report is the output of a command that succeeded. Print alone decides which
// field goes where with -q and --json.
type Report struct {
	// World is the name of the command's world, or "".
	World string
	// Outcome holds the time, the events, the pending tap and the warnings.
	Outcome authn.Outcome
	// Result is the object of --json.
	Result any
	// Lines are the result as text on stdout.
	Lines []string
	// Drawing reports whether Lines are a QR code, drawn with escapes.
	Drawing bool
	// File reports whether Lines are the text of a file: a pipe gets every
	// byte, a terminal gets visible characters.
	File bool
	// Bare is the result with -q: the value alone, or nothing.
	Bare []string
	// Notes go to stderr even with -q, as a script must not miss them.
	Notes []string
	// Talk goes to stderr, between the result and the hints.
	Talk []string
	// Hints are commands that help now; Next is a newcomer's next step.
	Hints []string
	Next  string
}

// ErrOutput wraps errors of writing the result.
var ErrOutput = errors.New("cannot write the output")

// NeedStdout returns an error if stdout is closed, for commands that show a
// value only once. They call it before they spend anything.
func (d *Deps) NeedStdout() error {
	if !d.Streams.OutClosed {
		return nil
	}
	return &authn.Fault{Code: CodeHost, Message: "stdout is closed, or is the null device opened for reading too, " +
		"and what this command gives is given once",
		Hints: []string{"give it a stdout; to throw the result away: >/dev/null"}}
}

// Print prints a report as the flags ask. A failed write is an error: a script
// would go on without its PIN.
func (d *Deps) Print(r Report) error {
	if d.Flags.JSON {
		return d.Envelope(Envelope{OK: true, World: r.World, At: StampOf(r.Outcome.At), Result: r.Result,
			Events: EventsJSON(r.Outcome.Events), Pending: pendingOf(r.Outcome.Pending), Warnings: r.Outcome.Warnings})
	}
	return d.PrintText(r)
}

// PrintText prints a report as text, also with --json.
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
		if err != nil && !errors.Is(err, ErrOutput) {
			err = fmt.Errorf("%w: %w", ErrOutput, err)
		}
		if err != nil {
			return err
		}
	}
	for _, n := range r.Notes {
		d.Sayf("%s", n)
	}
	if d.Flags.Quiet {
		return nil
	}
	for _, w := range r.Outcome.Warnings {
		d.Sayf("warning: %s", w)
	}
	for _, t := range r.Talk {
		d.Sayf("%s", t)
	}
	d.Hint(d.AsTyped(r.Hints))
	if r.Next != "" {
		d.Sayf("next: %s", d.AsTyped([]string{r.Next})[0])
	}
	return nil
}

// Sayf writes one line to stderr, with control characters made visible. An error
// of writing is dropped: stderr is where it would be reported.
func (d *Deps) Sayf(format string, args ...any) {
	_, _ = fmt.Fprintln(d.Streams.Err, authn.Visible(fmt.Sprintf(format, args...)))
}

// Talkf is Sayf, and prints nothing with -q or --json.
func (d *Deps) Talkf(format string, args ...any) {
	if !d.Flags.Quiet && !d.Flags.JSON {
		d.Sayf(format, args...)
	}
}

// AsTyped returns hints as this user has to type them: with the program's name,
// and with the flags that select the world.
func (d *Deps) AsTyped(hints []string) []string {
	out := make([]string, len(hints))
	for i, h := range hints {
		if strings.HasPrefix(h, "offauth ") {
			out[i] = typedCommand(d, h)
			continue
		}
		// In a sentence, commands are quoted with backquotes.
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

// pipeline splits a command at its unquoted pipes.
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

// unquoted replaces quoted text with underscores, so that no pipe or flag is
// found in it.
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

// worldless reports whether a command needs no world, or names its own.
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

// Table aligns rows in columns; the first row is the heading.
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

// When returns an instant in RFC 3339 and, on a terminal, its distance from
// now.
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

// Envelope is the one object of --json; docs/json.md is its specification.
type Envelope struct {
	Schema   int          `json:"schema"`
	OK       bool         `json:"ok"`
	World    string       `json:"world,omitempty"`
	At       *Stamp       `json:"at,omitempty"`
	Result   any          `json:"result,omitempty"`
	Refusal  *refusalJSON `json:"refusal,omitempty"`
	Fault    *FaultJSON   `json:"fault,omitempty"`
	Failed   any          `json:"failed,omitempty"`
	Events   []eventJSON  `json:"events"`
	Pending  *pendingJSON `json:"pending"`
	Warnings []string     `json:"warnings"`
}

type refusalJSON struct {
	Code    authn.Code   `json:"code"`
	Rule    authn.RuleID `json:"rule"`
	Message string       `json:"message"`
	Shown   string       `json:"shown"`
	Native  string       `json:"native"`
	Hint    string       `json:"hint"`
}

// FaultJSON is a fault in JSON.
type FaultJSON struct {
	Code    authn.Code `json:"code"`
	Message string     `json:"message"`
	Hint    string     `json:"hint"`
}

type eventJSON struct {
	Seq     uint64         `json:"seq"`
	At      Stamp          `json:"at"`
	Site    authn.Site     `json:"site"`
	Kind    authn.Kind     `json:"kind"`
	Subject string         `json:"subject"`
	Result  string         `json:"result"`
	Rule    authn.RuleID   `json:"rule,omitempty"`
	Fields  map[string]any `json:"fields"`
}

type pendingJSON struct {
	ID      string `json:"id"`
	Verb    string `json:"verb"`
	Since   Stamp  `json:"since"`
	Until   Stamp  `json:"until"`
	Waiting string `json:"waiting"`
}

// List is the result of a command that lists items.
type List[T any] struct {
	Items []T `json:"items"`
}

// ListOf returns a List; without items its JSON is [], not null.
func ListOf[T any](items []T) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{Items: items}
}

// Stamp is an instant in JSON: RFC 3339 in UTC.
type Stamp time.Time

func (s Stamp) Time() time.Time { return time.Time(s) }

// MarshalText implements encoding.TextMarshaler.
func (s Stamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format(time.RFC3339Nano)), nil
}

// StampOf is nil for the zero time.
func StampOf(t time.Time) *Stamp {
	if t.IsZero() {
		return nil
	}
	s := Stamp(t)
	return &s
}

// EventJSONOf returns the JSON form of an event.
func EventJSONOf(e authn.Event) eventJSON {
	fields := e.Fields
	if fields == nil {
		fields = map[string]any{}
	}
	return eventJSON{Seq: e.Seq, At: Stamp(e.At), Site: e.Site, Kind: e.Kind, Subject: e.Subject, Result: e.Result,
		Rule: e.Rule, Fields: fields}
}

// EventsJSON returns the JSON form of events.
func EventsJSON(events []authn.Event) []eventJSON {
	out := make([]eventJSON, len(events))
	for i, e := range events {
		out[i] = EventJSONOf(e)
	}
	return out
}

func pendingOf(p *authn.Pending) *pendingJSON {
	if p == nil {
		return nil
	}
	return &pendingJSON{ID: p.ID, Verb: p.Verb, Since: Stamp(p.Since), Until: Stamp(p.Until), Waiting: p.Waiting}
}

// Envelope writes the one object of --json.
func (d *Deps) Envelope(e Envelope) error {
	e.Schema = 1
	if e.Warnings == nil {
		e.Warnings = []string{}
	}
	if e.Events == nil {
		e.Events = []eventJSON{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(e)
	if err == nil {
		_, err = d.Streams.Out.Write(authn.VisibleJSON(b.Bytes()))
	}
	return err
}

// object encodes a struct as a JSON object: the fields in their order, named as
// in verbs and stories (expires_at). A time is a Stamp, or null if zero; a nil
// list is [].
type object struct{ of reflect.Value }

// Object returns the JSON form of a result or view of the core.
func Object(result any) json.Marshaler { return object{reflect.ValueOf(result)} }

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range o.of.NumField() {
		name := family.FieldName(o.of.Type().Field(i))
		text, err := json.Marshal(plain(o.of.Field(i)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plain returns the value that is encoded for a field.
func plain(v reflect.Value) any {
	switch value := v.Interface().(type) {
	case time.Time:
		return StampOf(value)
	case encoding.TextMarshaler, json.Marshaler:
		return value
	}
	switch v.Kind() {
	case reflect.Struct:
		return object{v}
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = plain(v.Index(i))
		}
		return items
	}
	return v.Interface()
}

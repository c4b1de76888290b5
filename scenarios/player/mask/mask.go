// Package mask writes values for reports, with a name in the place of each
// secret.
package mask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// Masks give every secret of a run a name, <pin#1 len 8>, so that a report
// shows which is which and none of them. Equal secrets have one name.
type Masks struct {
	names map[string]string // by the secret's text
	kinds map[string]int
	data  map[string]string // long texts, such as what a QR code carries
	// declared are the secrets that the story names, which are looked for in
	// every text; drawn those that the world gave. Any other is what somebody
	// typed: it has a name where a secret stands, and nowhere else.
	declared, drawn []string
}

// New returns masks that know no secret yet.
func New() *Masks {
	return &Masks{names: map[string]string{}, kinds: map[string]int{}, data: map[string]string{}}
}

// label names a secret; kind is that of one that is new.
func (m *Masks) label(kind string, s authn.Secret) string {
	text := s.Reveal()
	if name, ok := m.names[text]; ok {
		return name
	}
	m.kinds[kind]++
	name := fmt.Sprintf("<%s#%d len %d>", kind, m.kinds[kind], s.Len())
	m.names[text] = name
	return name
}

// longest is the length of a text that is shown whole.
const longest = 60

// long names a text that is too long to be shown.
func (m *Masks) long(text string) string {
	if name, ok := m.data[text]; ok {
		return name
	}
	m.kinds["text"]++
	name := fmt.Sprintf("<text#%d len %d>", m.kinds["text"], len(text))
	m.data[text] = name
	return name
}

// AddDeclared names a secret that the story declares.
func (m *Masks) AddDeclared(kind string, s authn.Secret) {
	m.label(kind, s)
	m.declared = append(m.declared, s.Reveal())
}

// AddDrawn notes a secret that the world gave, such as a PIN.
func (m *Masks) AddDrawn(kind string, s authn.Secret) {
	m.label(kind, s)
	if text := s.Reveal(); s.Len() >= drawnLength && !slices.Contains(m.drawn, text) {
		m.drawn = append(m.drawn, text)
	}
}

// drawnLength is how long a secret of the world is that is looked for in texts:
// a code of four digits is any number.
const drawnLength = 6

// RedactDeclared takes declared secrets out of a text that the story's author wrote.
func (m *Masks) RedactDeclared(text string) string {
	return syntax.Hide(text, m.declared, func(s string) string { return m.names[s] })
}

// Redact takes declared secrets, and those that the world gave, out of a text
// that came from elsewhere.
func (m *Masks) Redact(text string) string {
	return syntax.Hide(m.RedactDeclared(text), m.drawn, func(s string) string { return m.names[s] })
}

// Show writes a value for a report; kind names a secret that is new.
func (m *Masks) Show(kind string, v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case authn.Secret:
		return m.label(kind, v)
	case string:
		return m.showText(v)
	case time.Duration:
		return Spell(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = m.Show(kind, item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		return m.ShowFields(v)
	case *syntax.Node:
		return value.TypeName(v)
	}
	return fmt.Sprint(v)
}

// showText writes a text: plain where it is a word, else in quotes.
func (m *Masks) showText(text string) string {
	text = m.RedactDeclared(text)
	if len(text) > longest {
		return m.long(text)
	}
	if text == "" ||
		strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || strings.ContainsRune(`",{}[]`, r) }) {
		return strconv.Quote(text)
	}
	return text
}

// ShowFields writes named values in the order of their names.
func (m *Masks) ShowFields(fields map[string]any) string {
	names := make([]string, 0, len(fields))
	for name, v := range fields {
		if v != "" { // what a product leaves blank says nothing
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + ": " + m.Show(name, fields[name]))
	}
	b.WriteByte('}')
	return b.String()
}

// Spell writes a span of time as scenarios do: 14d, 1h0m5s, 4.999s.
func Spell(d time.Duration) string {
	if d < 0 {
		return "-" + Spell(-d)
	}
	days := d / authn.Day
	rest := d % authn.Day
	switch {
	case days == 0:
		return rest.String()
	case rest == 0:
		return fmt.Sprintf("%dd", days)
	}
	return fmt.Sprintf("%dd%s", days, rest)
}

// ShowEvent writes an event: kind{fields} rule.
func (m *Masks) ShowEvent(e authn.Event) string {
	text := string(e.Kind)
	if len(e.Fields) > 0 {
		text += m.ShowFields(e.Fields)
	}
	if e.Result != "ok" && e.Result != "" {
		text += " " + e.Result
	}
	if e.Rule != "" {
		text += " (" + string(e.Rule) + ")"
	}
	return text
}

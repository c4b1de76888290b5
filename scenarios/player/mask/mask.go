// Package mask formats values for reports and replaces each secret by a name.
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

// Masks gives every secret of a run a name such as <pin#1 len 8>, so that a report
// can tell secrets apart without showing them. Equal secrets have the same name.
type Masks struct {
	names map[string]string // by the secret's text
	kinds map[string]int
	data  map[string]string // long texts, such as what a QR code carries
	// declared are the secrets that the story declares, which are masked in every
	// text; drawn are those of results. Secrets that were only typed are masked as
	// values but not searched for in texts.
	declared, drawn []string
}

// New returns Masks without secrets.
func New() *Masks {
	return &Masks{names: map[string]string{}, kinds: map[string]int{}, data: map[string]string{}}
}

// label returns the name of a secret. A new secret gets one with the given kind.
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

// maxText is the maximum length of a text that is shown in full.
const maxText = 60

// shorten returns a name for a text that is too long to show.
func (m *Masks) shorten(text string) string {
	if name, ok := m.data[text]; ok {
		return name
	}
	m.kinds["text"]++
	name := fmt.Sprintf("<text#%d len %d>", m.kinds["text"], len(text))
	m.data[text] = name
	return name
}

// AddDeclared adds a secret that the story declares.
func (m *Masks) AddDeclared(kind string, s authn.Secret) {
	m.label(kind, s)
	m.declared = append(m.declared, s.Reveal())
}

// AddDrawn adds a secret of a result, such as a PIN.
func (m *Masks) AddDrawn(kind string, s authn.Secret) {
	m.label(kind, s)
	if text := s.Reveal(); s.Len() >= minDrawn && !slices.Contains(m.drawn, text) {
		m.drawn = append(m.drawn, text)
	}
}

// minDrawn is the minimum length of a drawn secret that is searched for in texts,
// since a code of four digits may equal any other number.
const minDrawn = 6

// RedactDeclared masks the declared secrets in a text of the story's author.
func (m *Masks) RedactDeclared(text string) string {
	return syntax.Hide(text, m.declared, func(s string) string { return m.names[s] })
}

// Redact masks the declared and drawn secrets in any other text.
func (m *Masks) Redact(text string) string {
	return syntax.Hide(m.RedactDeclared(text), m.drawn, func(s string) string { return m.names[s] })
}

// Show returns a value as a text for reports; kind names a new secret.
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

// showText returns a text without quotes if it is unambiguous, and otherwise quoted.
func (m *Masks) showText(text string) string {
	text = m.RedactDeclared(text)
	if len(text) > maxText {
		return m.shorten(text)
	}
	if text == "" ||
		strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || strings.ContainsRune(`",{}[]`, r) }) {
		return strconv.Quote(text)
	}
	return text
}

// ShowFields returns named values as a text, sorted by name.
func (m *Masks) ShowFields(fields map[string]any) string {
	names := make([]string, 0, len(fields))
	for name, v := range fields {
		if v != "" { // omit fields that a product leaves blank
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

// Spell formats a duration as scenarios do: 14d, 1h0m5s, 4.999s.
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

// ShowEvent returns an event as a text: kind{fields} (rule).
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

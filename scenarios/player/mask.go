package player

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// masks give every secret of a run a name, <pin#1 len 8>, so that a report
// shows which is which and none of them. Equal secrets have one name.
type masks struct {
	names map[string]string // by the secret's text
	kinds map[string]int
	data  map[string]string // long texts, such as what a QR code carries
}

func newMasks() *masks {
	return &masks{names: map[string]string{}, kinds: map[string]int{}, data: map[string]string{}}
}

// label names a secret; kind is that of one that is new.
func (m *masks) label(kind string, s authn.Secret) string {
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
func (m *masks) long(text string) string {
	if name, ok := m.data[text]; ok {
		return name
	}
	m.kinds["text"]++
	name := fmt.Sprintf("<text#%d len %d>", m.kinds["text"], len(text))
	m.data[text] = name
	return name
}

// redact takes the secrets out of a text that came from elsewhere, the longest
// first, as one may hold another. Those of less than four signs would strike
// words that are none.
func (m *masks) redact(text string) string {
	var found []string
	for secret := range m.names {
		if len(secret) >= 4 && strings.Contains(text, secret) {
			found = append(found, secret)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, secret := range found {
		text = strings.ReplaceAll(text, secret, m.names[secret])
	}
	return text
}

// show writes a value for a report; kind names a secret that is new.
func (p *Player) show(kind string, v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case authn.Secret:
		return p.masks.label(kind, v)
	case string:
		return p.showText(v)
	case time.Duration:
		return spell(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = p.show(kind, item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		return p.showFields(v)
	case *syntax.Node:
		return typeName(v)
	}
	return fmt.Sprint(v)
}

// showText writes a text: plain where it is a word, else in quotes.
func (p *Player) showText(text string) string {
	if name, ok := p.masks.names[text]; ok {
		return name
	}
	if len(text) > longest {
		return p.masks.long(text)
	}
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || strings.ContainsRune(`",{}[]`, r) }) {
		return strconv.Quote(text)
	}
	return text
}

// showFields writes named values in the order of their names.
func (p *Player) showFields(fields map[string]any) string {
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
		b.WriteString(name + ": " + p.show(name, fields[name]))
	}
	b.WriteByte('}')
	return b.String()
}

// spell writes a span of time as scenarios do: 14d, 1h0m5s, 4.999s.
func spell(d time.Duration) string {
	if d < 0 {
		return "-" + spell(-d)
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

package compose

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/syntax"
)

// memory knows what was shown and typed so far, so that a text that was typed
// can be told as a reference: under another seed it is another text.
type memory struct {
	shown  []*shown
	typed  []*typed
	counts map[string]int
	// real are all secrets that are typed anywhere: no placeholder is one.
	real map[string]bool
}

// shown is a value of a result.
type shown struct {
	move        int
	field, text string
	// secret values are matched without the blanks, hyphens and small letters
	// that a person may type.
	secret bool
	name   string // once something refers to it
}

// typed is a secret that a person chose.
type typed struct{ name, text, placeholder string }

func (t *typed) reference() string { return "${vars." + t.name + "}" }

// chance are the fields of results that are drawn and no secret: what is
// typed again of them is a reference, too.
var chance = []string{"data", "registration", "serial", "session"}

// shortestChance keeps words such as "kept", which a field called data may
// hold, from being taken for something that was drawn.
const shortestChance = 8

// noteSecrets notes the secrets that an Action types.
func (m *memory) noteSecrets(typed verb.Values) {
	for _, value := range typed {
		if secret, ok := value.(authn.Secret); ok {
			m.real[secret.Reveal()] = true
		}
	}
}

// remember takes in what an Action gave. What was known before keeps the
// older place.
func (m *memory) remember(move int, result any) {
	fields := verb.Fields(result)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		s := &shown{move: move, field: name}
		switch v := fields[name].(type) {
		case authn.Secret:
			s.text, s.secret = canonical(v.Reveal()), true
		case string:
			if !slices.Contains(chance, name) || len(v) < shortestChance {
				continue
			}
			s.text = v
		default:
			continue
		}
		known := slices.ContainsFunc(m.shown, func(o *shown) bool { return o.text == s.text && o.secret == s.secret })
		if s.text != "" && !known {
			m.shown = append(m.shown, s)
		}
	}
}

// canonical drops what a person may type for ease.
func canonical(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "", "\u00a0", "").Replace(text))
}

// reference names what was shown.
func (m *memory) reference(s *shown) string {
	if s.name == "" {
		m.counts[s.field]++
		s.name = s.field + strconv.Itoa(m.counts[s.field])
	}
	return "${saved." + s.name + "}"
}

// text makes an argument that is no secret: what it holds of a drawn value
// becomes a reference, to the longest if one holds another.
func (m *memory) text(arg string) *syntax.Node {
	var best *shown
	for _, s := range m.shown {
		held := strings.Contains(arg, s.text) || strings.EqualFold(arg, s.text) // an id may be typed in small letters
		if held && !s.secret && (best == nil || len(s.text) >= len(best.text)) {
			best = s
		}
	}
	if best == nil {
		return literal(arg)
	}
	before, after, _ := strings.Cut(arg, best.text)
	if before == arg {
		before = ""
	}
	return syntax.Quoted(escape(before) + m.reference(best) + escape(after))
}

// wrongPIN holds no symbol that a PIN or a code has, so it is wrong under
// every seed.
const wrongPIN = "######"

// secret returns the text of a secret that was typed. A drawn one refers to where it was
// shown; one that a person chose becomes a variable; one that was no right
// one becomes a text that is never right.
func (m *memory) secret(v verb.Verb, arg string, typed authn.Secret, refused bool) (string, error) {
	text := typed.Reveal()
	if text == "" {
		return "", nil
	}
	if s := m.find(canonical(text)); s != nil {
		return m.reference(s), nil
	}
	if composite(v, arg) {
		return m.pieces(text, refused)
	}
	if refused && drawn(v, arg) {
		return wrongPIN, nil
	}
	return m.variable(text)
}

// find looks for a secret that was shown, the newest first.
func (m *memory) find(text string) *shown {
	for i := len(m.shown) - 1; i >= 0; i-- {
		if s := m.shown[i]; s.secret && s.text == text {
			return s
		}
	}
	return nil
}

// drawn reports whether the right value of an argument comes from chance, and not
// from a person.
func drawn(v verb.Verb, arg string) bool {
	a, _ := v.Arg(arg)
	return a.Drawn
}

// composite reports that an argument is put together of several secrets: the
// credential of a logon, or two codes.
func composite(v verb.Verb, arg string) bool {
	return v.Role == authn.RoleWorkstation && arg == "password" || arg == "codes"
}

// pieces writes a credential as the secrets that it is made of.
func (m *memory) pieces(text string, refused bool) (string, error) {
	var out strings.Builder
	rest := text
	for rest != "" {
		at, found, ref := m.next(rest)
		if at > 0 {
			part, err := m.unknown(rest[:at], refused)
			if err != nil {
				return "", err
			}
			out.WriteString(part)
		}
		out.WriteString(ref)
		rest = rest[at+len(found):]
	}
	return out.String(), nil
}

// next finds the first known secret in a text, the longest if two begin
// together; without one, at is the whole length.
func (m *memory) next(text string) (at int, found, reference string) {
	at = len(text)
	var refer func() string
	take := func(known string, how func() string) {
		if i := strings.Index(text, known); i >= 0 && (i < at || i == at && len(known) > len(found)) {
			at, found, refer = i, known, how
		}
	}
	for _, s := range m.shown {
		if s.secret {
			take(s.text, func() string { return m.reference(s) })
		}
	}
	for _, t := range m.typed {
		take(t.text, t.reference)
	}
	if refer != nil {
		reference = refer()
	}
	return at, found, reference
}

// unknown writes a piece that nobody has shown: blanks stay.
func (m *memory) unknown(text string, refused bool) (string, error) {
	if strings.TrimSpace(text) == "" {
		return text, nil
	}
	if refused {
		return strings.Repeat("#", utf8.RuneCountInString(text)), nil
	}
	return m.variable(text)
}

// variable returns the variable of a secret that a person chose; the same
// secret has the same one.
func (m *memory) variable(text string) (string, error) {
	for _, t := range m.typed {
		if t.text == text {
			return t.reference(), nil
		}
	}
	t := &typed{name: fmt.Sprintf("secret_%d", len(m.typed)+1), text: text}
	for n := 2000 * len(m.typed); ; n++ {
		if n == 2000*len(m.typed)+2000 {
			return "", fmt.Errorf("compose: there are more secrets of %d signs than placeholders", len(text))
		}
		t.placeholder = placeholder(text, n)
		used := slices.ContainsFunc(m.typed, func(o *typed) bool { return o.placeholder == t.placeholder })
		if !used && !m.containsSecret(t.placeholder) {
			break
		}
	}
	m.typed = append(m.typed, t)
	return t.reference(), nil
}

var (
	digits = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+$`) })
	base32 = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Z2-7]+$`) })
)

// placeholder is the n-th stand-in for a secret of the same length and the
// same kind of signs.
func placeholder(text string, n int) string {
	alphabet := "abcdefghijklmnopqrstuvwxyz"
	switch {
	case digits().MatchString(text):
		alphabet = "0123456789"
	case base32().MatchString(text):
		alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	}
	out := make([]byte, utf8.RuneCountInString(text))
	mixed := uint64(n)
	for i := range out {
		mixed = mixed*6364136223846793005 + 1442695040888963407
		out[i] = alphabet[mixed>>33%uint64(len(alphabet))]
	}
	return string(out)
}

// containsSecret reports whether a placeholder holds a secret that is typed somewhere.
func (m *memory) containsSecret(placeholder string) bool {
	for text := range m.real {
		if text != "" && strings.Contains(placeholder, text) {
			return true
		}
	}
	return false
}

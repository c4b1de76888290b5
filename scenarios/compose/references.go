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

// references maps the values that were shown and typed so far to references,
// since drawn values differ from seed to seed.
type references struct {
	shown  []*shown
	typed  []*typed
	counts map[string]int
	// real are all secrets that are typed anywhere; no placeholder may contain one.
	real map[string]bool
}

// shown is a value that a result contained.
type shown struct {
	move        int
	field, text string
	// secret values are compared in canonical form.
	secret bool
	name   string // empty until something refers to it
}

// typed is a secret that a person chose.
type typed struct{ name, text, placeholder string }

func (t *typed) reference() string { return "${vars." + t.name + "}" }

// drawnFields are the fields of results that are drawn and not secret.
var drawnFields = []string{"data", "registration", "serial", "session"}

// minDrawn is the minimum length of a drawn value that is not secret. The field
// "data" also holds words such as "kept", which are not drawn.
const minDrawn = 8

// noteSecrets adds the secrets among the arguments of an Action.
func (r *references) noteSecrets(typed verb.Values) {
	for _, value := range typed {
		if secret, ok := value.(authn.Secret); ok {
			r.real[secret.Reveal()] = true
		}
	}
}

// remember adds the values of a result. A value that is already known keeps its
// first place.
func (r *references) remember(move int, result any) {
	fields := verb.Fields(result)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		s := &shown{move: move, field: name}
		switch v := fields[name].(type) {
		case authn.Secret:
			s.text, s.secret = canonical(v.Reveal()), true
		case string:
			if !slices.Contains(drawnFields, name) || len(v) < minDrawn {
				continue
			}
			s.text = v
		default:
			continue
		}
		known := slices.ContainsFunc(r.shown, func(o *shown) bool { return o.text == s.text && o.secret == s.secret })
		if s.text != "" && !known {
			r.shown = append(r.shown, s)
		}
	}
}

// canonical returns a secret in upper case, without the blanks and hyphens that a
// person may add.
func canonical(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "", "\u00a0", "").Replace(text))
}

// reference returns the reference to a value that was shown.
func (r *references) reference(s *shown) string {
	if s.name == "" {
		r.counts[s.field]++
		s.name = s.field + strconv.Itoa(r.counts[s.field])
	}
	return "${saved." + s.name + "}"
}

// text returns the node of an argument that is not secret. A drawn value in it
// becomes a reference; if it contains several, the longest.
func (r *references) text(arg string) *syntax.Node {
	var best *shown
	for _, s := range r.shown {
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
	return syntax.Quoted(escape(before) + r.reference(best) + escape(after))
}

// wrongPIN contains no symbol of a PIN or code, so it is wrong with every seed.
const wrongPIN = "######"

// secret returns the text for a secret that was typed: a reference for a drawn
// secret, a variable for one that a person chose, and a text that is always wrong
// for a wrong one.
func (r *references) secret(v verb.Verb, arg string, typed authn.Secret, refused bool) (string, error) {
	text := typed.Reveal()
	if text == "" {
		return "", nil
	}
	if s := r.find(canonical(text)); s != nil {
		return r.reference(s), nil
	}
	if composite(v, arg) {
		return r.pieces(text, refused)
	}
	if refused && drawn(v, arg) {
		return wrongPIN, nil
	}
	return r.variable(text)
}

// find returns the newest secret with a text, or nil.
func (r *references) find(text string) *shown {
	for i := len(r.shown) - 1; i >= 0; i-- {
		if s := r.shown[i]; s.secret && s.text == text {
			return s
		}
	}
	return nil
}

// drawn reports whether the correct value of an argument is drawn, not chosen by
// a person.
func drawn(v verb.Verb, arg string) bool {
	a, _ := v.Arg(arg)
	return a.Drawn
}

// composite reports whether an argument consists of several secrets: the
// credential of a logon, or two codes.
func composite(v verb.Verb, arg string) bool {
	return v.Role == authn.RoleWorkstation && arg == "password" || arg == "codes"
}

// pieces returns a credential with each of its secrets replaced by a reference.
func (r *references) pieces(text string, refused bool) (string, error) {
	var out strings.Builder
	rest := text
	for rest != "" {
		at, found, ref := r.next(rest)
		if at > 0 {
			part, err := r.unknown(rest[:at], refused)
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

// next returns the position, text and reference of the first known secret in a
// text; of two that begin at the same position, the longest. If the text contains
// none, at is its length.
func (r *references) next(text string) (at int, found, reference string) {
	at = len(text)
	var refer func() string
	take := func(known string, how func() string) {
		if i := strings.Index(text, known); i >= 0 && (i < at || i == at && len(known) > len(found)) {
			at, found, refer = i, known, how
		}
	}
	for _, s := range r.shown {
		if s.secret {
			take(s.text, func() string { return r.reference(s) })
		}
	}
	for _, t := range r.typed {
		take(t.text, t.reference)
	}
	if refer != nil {
		reference = refer()
	}
	return at, found, reference
}

// unknown returns the text for a piece that is not a known secret; blanks stay.
func (r *references) unknown(text string, refused bool) (string, error) {
	if strings.TrimSpace(text) == "" {
		return text, nil
	}
	if refused {
		return strings.Repeat("#", utf8.RuneCountInString(text)), nil
	}
	return r.variable(text)
}

// variable returns a reference to the variable for a secret that a person chose.
// Equal secrets share a variable.
func (r *references) variable(text string) (string, error) {
	for _, t := range r.typed {
		if t.text == text {
			return t.reference(), nil
		}
	}
	t := &typed{name: fmt.Sprintf("secret_%d", len(r.typed)+1), text: text}
	for n := 2000 * len(r.typed); ; n++ {
		if n == 2000*len(r.typed)+2000 {
			return "", fmt.Errorf("compose: there are more secrets of %d signs than placeholders", len(text))
		}
		t.placeholder = placeholder(text, n)
		used := slices.ContainsFunc(r.typed, func(o *typed) bool { return o.placeholder == t.placeholder })
		if !used && !r.containsSecret(t.placeholder) {
			break
		}
	}
	r.typed = append(r.typed, t)
	return t.reference(), nil
}

var (
	digits = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+$`) })
	base32 = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Z2-7]+$`) })
)

// placeholder returns the n-th replacement for a secret, with the same length and
// the same kind of characters.
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

// containsSecret reports whether a placeholder contains a secret that is typed
// somewhere.
func (r *references) containsSecret(placeholder string) bool {
	for text := range r.real {
		if text != "" && strings.Contains(placeholder, text) {
			return true
		}
	}
	return false
}

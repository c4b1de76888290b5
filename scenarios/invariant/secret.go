package invariant

import (
	"strings"
	"unicode"

	"github.com/offauth/offauth/authn"
)

// Plain returns the text of a secret, as a lock screen reads it: without blanks
// and dashes, in capitals.
func Plain(s authn.Secret) string {
	return strings.ToUpper(authn.Ungrouped(s.Reveal()))
}

// Know notes secrets that an Action typed or was told, so that they are known where they must not stand. They stay in
// memory. One that is short, or has no digit, is a word that may stand anywhere by chance.
func (b *Book) Know(secrets ...string) {
	for _, s := range secrets {
		if len(s) >= 4 && strings.ContainsAny(s, "0123456789") {
			b.known[strings.ToUpper(s)] = true
		}
	}
}

// leaks finds a secret among the words of a text.
func (b *Book) leaks(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(word) >= 4 && b.known[strings.ToUpper(word)] {
			return true
		}
	}
	return false
}

// leaksIn finds a secret among the fields of an event or a refusal.
func (b *Book) leaksIn(fields map[string]any) string {
	for name, v := range fields {
		if s, ok := v.(string); ok && b.leaks(s) {
			return name
		}
	}
	return ""
}

// leakInEvent is no_secret_outside, of events (A15).
func (b *Book) leakInEvent(e authn.Event) *Broken {
	name := b.leaksIn(e.Fields)
	if name == "" && b.leaks(e.Subject) {
		name = "subject"
	}
	if name == "" {
		return nil
	}
	return Brokenf("the event %s holds a secret in its %s", e.Kind, name)
}

// leakInRefusal is no_secret_outside, of refusals and warnings (A9).
func (b *Book) leakInRefusal() *Broken {
	for _, w := range b.Seen.Outcome.Warnings {
		if b.leaks(w) {
			return Brokenf("a warning holds a secret")
		}
	}
	r := b.Seen.Refusal
	if r == nil {
		return nil
	}
	for _, s := range append([]string{r.Message, r.Shown, r.Native, r.Subject}, r.Hints...) {
		if b.leaks(s) {
			return Brokenf("the refusal %s holds a secret", r.Code)
		}
	}
	if b.leaksIn(r.Fields) != "" {
		return Brokenf("the refusal %s holds a secret", r.Code)
	}
	return nil
}

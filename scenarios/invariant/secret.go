package invariant

import (
	"strings"
	"unicode"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// learn notes the secrets that an Action typed and was told, so that they are
// known where they must not stand, and which PIN was typed again. They stay
// in memory.
func (b *common) learn(s Seen) {
	b.typed = ""
	switch a := s.Action.(type) {
	case hypr.Login:
		b.typed = plain(a.PIN)
	case encap.Activate:
		b.know(plain(a.PIN))
	case encap.Auth:
		b.know(plain(a.PIN))
	case encap.AddMethod:
		b.typed = a.PIN.Reveal()
	case encap.Approve:
		b.typed = a.PIN.Reveal()
	case encap.Verify:
		b.typed = plain(a.Code)
	case onespan.Logon:
		b.typed = a.Password.Reveal()
	case onespan.Update:
		b.typed = a.Password.Reveal()
	case onespan.SetPIN:
		b.typed = a.PIN.Reveal()
	case onespan.SetPassword:
		b.know(a.Password.Reveal())
	case onespan.Resync:
		b.typed = a.Codes.Reveal()
	}
	b.know(b.typed)
	b.told = ""
	switch r := s.Outcome.Result.(type) {
	case hypr.UnlockResult:
		b.told = plain(r.PIN)
	case encap.ApproveResult:
		b.told = plain(r.Code)
	case onespan.OTPResult:
		b.told = r.Code.Reveal()
	}
	b.know(b.told)
}

// plain returns the text of a secret, as a lock screen reads it: without blanks
// and dashes, in capitals.
func plain(s authn.Secret) string {
	return strings.ToUpper(authn.Ungrouped(s.Reveal()))
}

// know notes a secret. One that is short, or has no digit, is a word that may
// stand anywhere by chance.
func (b *common) know(secret string) {
	if len(secret) >= 4 && strings.ContainsAny(secret, "0123456789") {
		b.known[strings.ToUpper(secret)] = true
	}
}

// leaks finds a secret among the words of a text.
func (b *common) leaks(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(word) >= 4 && b.known[strings.ToUpper(word)] {
			return true
		}
	}
	return false
}

// leaksIn finds a secret among the fields of an event or a refusal.
func (b *common) leaksIn(fields map[string]any) string {
	for name, v := range fields {
		if s, ok := v.(string); ok && b.leaks(s) {
			return name
		}
	}
	return ""
}

// leakInEvent is no_secret_outside, of events (A15).
func leakInEvent(b *book, e authn.Event) *Broken {
	name := b.leaksIn(e.Fields)
	if name == "" && b.leaks(e.Subject) {
		name = "subject"
	}
	if name == "" {
		return nil
	}
	return brokenf("the event %s holds a secret in its %s", e.Kind, name)
}

// leakInRefusal is no_secret_outside, of refusals and warnings (A9).
func leakInRefusal(b *book) *Broken {
	for _, w := range b.seen.Outcome.Warnings {
		if b.leaks(w) {
			return brokenf("a warning holds a secret")
		}
	}
	r := b.seen.Refusal
	if r == nil {
		return nil
	}
	for _, s := range append([]string{r.Message, r.Shown, r.Native, r.Subject}, r.Hints...) {
		if b.leaks(s) {
			return brokenf("the refusal %s holds a secret", r.Code)
		}
	}
	if b.leaksIn(r.Fields) != "" {
		return brokenf("the refusal %s holds a secret", r.Code)
	}
	return nil
}

package authn

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every way of printing a Secret gives.
const redacted = "[redacted]"

// Secret is a PIN, a password, a code or a key that must not be shown unless
// the user asks for it (rule A9). However it is printed, logged or marshalled
// it reads "[redacted]"; only [Secret.Reveal] gives the text. A Secret is a
// pointer inside, so even reflection-happy printing shows an address. The
// zero Secret holds nothing.
type Secret struct{ text *string }

// NewSecret wraps a text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal returns the text itself. It is called only in the files that
// cmd/internal/cli/architecture_test.go lists.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is nothing in it.
func (s Secret) Empty() bool { return s.text == nil || *s.text == "" }

// Len is the length of the text in bytes.
func (s Secret) Len() int { return len(s.Reveal()) }

// Equal compares in a time that depends on the lengths alone (rule A9).
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// Format implements fmt.Formatter: every verb prints "[redacted]".
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler, and so JSON's.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

var (
	_ fmt.Formatter  = Secret{}
	_ slog.LogValuer = Secret{}
)

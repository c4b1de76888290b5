package authn

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// redacted is the text that is printed for every Secret.
const redacted = "[redacted]"

// Secret is a PIN, a password, a code or a key that must not be shown unless
// the user asks for it (rule A9). Printed, logged or marshalled, it is always
// "[redacted]"; only [Secret.Reveal] returns the text. The text is behind a
// pointer, so printing by reflection shows an address. The zero Secret is
// empty.
type Secret struct{ text *string }

// NewSecret returns a Secret with a text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal returns the text. It is called only in the files that
// cmd/internal/cli/architecture_test.go lists.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether the text is empty.
func (s Secret) Empty() bool { return s.text == nil || *s.text == "" }

// Len returns the length of the text in bytes.
func (s Secret) Len() int { return len(s.Reveal()) }

// Equal compares two Secrets in a time that depends only on their lengths (rule
// A9).
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// Format implements fmt.Formatter: every verb prints "[redacted]".
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler, which encoding/json uses too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

var (
	_ fmt.Formatter  = Secret{}
	_ slog.LogValuer = Secret{}
)

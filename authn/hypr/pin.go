package hypr

import (
	"io"
	"strings"

	"github.com/offauth/offauth/authn"
)

// Alphabet has the 31 symbols of a PIN: no 0, 1, I, L, O (H13).
const Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// normalise drops what a person may type or copy along, blanks and dashes, and
// takes small letters for capital ones (H14). Symbols outside the alphabet
// stay: they make a wrong PIN, not a malformed one (H44).
func normalise(pin authn.Secret) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' { // no other letter has one of the 31 for its capital
			return r - 'a' + 'A'
		}
		return r
	}, authn.Ungrouped(pin.Reveal()))
}

// drawPINs makes count PINs of a length, no two alike (H13). A byte of 248
// and above is thrown away, so that each of the 31 symbols is as likely as
// the others.
func drawPINs(rand io.Reader, count, length int) ([]string, error) {
	const fair = 256 / len(Alphabet) * len(Alphabet)
	pins := make([]string, 0, count)
	seen := make(map[string]bool, count)
	pin := make([]byte, 0, length)
	var one [1]byte
	for len(pins) < count {
		if _, err := io.ReadFull(rand, one[:]); err != nil {
			return nil, err
		}
		if int(one[0]) >= fair {
			continue
		}
		pin = append(pin, Alphabet[int(one[0])%len(Alphabet)])
		if len(pin) < length {
			continue
		}
		if text := string(pin); !seen[text] {
			seen[text] = true
			pins = append(pins, text)
		}
		pin = pin[:0]
	}
	return pins, nil
}

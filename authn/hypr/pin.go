package hypr

import (
	"io"
	"strings"

	"github.com/offauth/offauth/authn"
)

// Alphabet has the 31 symbols of a PIN: no 0, 1, I, L, O (H13).
const Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// normalise removes spaces and dashes and converts lower-case letters to
// capitals (H14). Symbols outside the alphabet stay: they make a wrong PIN, not
// a malformed one (H44).
func normalise(pin authn.Secret) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' { // ASCII only: the long s, too, has a capital S
			return r - 'a' + 'A'
		}
		return r
	}, authn.Ungrouped(pin.Reveal()))
}

// drawPINs returns count different PINs of a length (H13). It discards bytes of
// 248 and above, so that all 31 symbols are equally likely.
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

package encap

import (
	"encoding/base32"
	"strings"

	"github.com/offauth/offauth/authn"
)

// idSize is how many random bytes name a session or a registration: few,
// since they stand in a QR code, and no secret.
const idSize = 5

// idText writes an id as 8 letters and digits.
func idText(raw []byte) string { return base32.StdEncoding.EncodeToString(raw) }

// parseID reads an id as a person types it.
func parseID(text string) (string, bool) {
	if len(text) != 8 {
		return "", false
	}
	raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(text))
	if err != nil || len(raw) != idSize {
		return "", false
	}
	return idText(raw), true
}

// passID reads or writes an id. It panics on writing text that is not an id.
func passID(f authn.Fields, id *string) {
	raw, err := base32.StdEncoding.DecodeString(*id)
	if !f.Reading() && (err != nil || len(raw) != idSize) {
		panic("encap: no id: " + *id)
	}
	f.Raw(idSize, &raw)
	if f.Reading() {
		*id = idText(raw)
	}
}

// newID draws an id that is not in use.
func newID(h authn.Host, purpose, records string) (string, error) {
	for {
		raw, err := h.Env.Draw(purpose, idSize)
		if err != nil {
			return "", err
		}
		there, err := h.Shelf.Load(records+idText(raw), nil, nil)
		if err != nil || !there {
			return idText(raw), err
		}
	}
}

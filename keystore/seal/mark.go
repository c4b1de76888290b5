package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/offauth/offauth/keystore"
)

// Mark is the content of the vault item ID/gen: it identifies the newest state
// of the world. A number alone is not enough: someone with the folder can make
// two states with the same number (kill a command after its COMMIT, copy the
// folder, restore the one before it, act differently), so the mark also has the
// state's authenticator.
//
// The item's text ends in an authenticator with a key of the world. A file
// vault only encrypts to a public recipient; without the authenticator, anyone
// with write access could forge the mark for an old world.db.
type Mark struct {
	Generation uint64
	Tag        [MACSize]byte
	// Bare reports whether it was stored by an offauth whose marks had no
	// authenticator.
	Bare bool
}

// The formats of a mark's text, which begins with this number.
const (
	bareForm = "1"
	markForm = "2"
)

// MarkText returns the text of the item.
func (k *Keys) MarkText(m Mark) []byte {
	return []byte(m.text(markForm) + " " + hex.EncodeToString(k.markMAC(m)))
}

func (m Mark) text(form string) string {
	return form + " " + strconv.FormatUint(m.Generation, 10) + " " + hex.EncodeToString(m.Tag[:])
}

func (k *Keys) markMAC(m Mark) []byte {
	mac := hmac.New(sha256.New, k.marks)
	mac.Write(Frame(nil).Text(k.ID).Number(int64(m.Generation)).Bytes(m.Tag[:]))
	return mac.Sum(nil)[:MACSize]
}

// ReadMark parses the output of MarkText for this world, or a bare mark.
func (k *Keys) ReadMark(text []byte) (Mark, error) {
	m, mac, err := ParseMark(text)
	if err == nil && !m.Bare && !hmac.Equal(mac, k.markMAC(m)) {
		return Mark{}, errors.New("it is no generation that offauth kept")
	}
	return m, err
}

// ParseMark parses a mark without checking its authenticator.
func ParseMark(text []byte) (m Mark, mac []byte, err error) {
	none := errors.New("it is no generation")
	words := strings.Split(string(text), " ")
	m.Bare = words[0] == bareForm
	if want := map[bool]int{true: 3, false: 4}[m.Bare]; len(words) != want || len(words[2]) != 2*MACSize {
		return Mark{}, nil, none
	}
	if m.Generation, err = strconv.ParseUint(words[1], 10, 64); err != nil {
		return Mark{}, nil, none
	}
	if _, err := hex.Decode(m.Tag[:], []byte(words[2])); err != nil {
		return Mark{}, nil, none
	}
	again := m.text(bareForm)
	if !m.Bare {
		if mac, err = hex.DecodeString(words[3]); err != nil {
			return Mark{}, nil, none
		}
		again = m.text(markForm) + " " + hex.EncodeToString(mac)
	}
	if again != string(text) {
		return Mark{}, nil, none
	}
	return m, mac, nil
}

// ErrNoMark means that the vault has no mark for a world that should have one.
var ErrNoMark = fmt.Errorf("%w: the world's generation", keystore.ErrNotFound)

// ErrBareMark means that the vault's mark is older in form than any that the
// offauth which wrote this state would have stored.
var ErrBareMark = errors.New("it is of an older form than the world, and nothing shows that offauth kept it")

// Judge compares the state of a database with the vault's mark, nil if there is
// none, and reports whether the vault is behind and must be updated.
//
// The database may be
//   - the state of the mark: nothing happened since;
//   - the one that came directly from it: a process was killed, or its vault
//     failed, between COMMIT and the vault, and told nobody anything. Whether
//     this state goes on or somebody puts its predecessor back is all the
//     same, as nothing that was told is undone;
//   - ahead by more. An Update raises a vault that is behind before it does
//     anything, and stops if it cannot, so files alone never get there: it was
//     the vault that was put back, or two processes of one slow vault overtook
//     each other. The files are the newest that there is, and refusing them
//     would cost PINs and win nothing: whoever can put the vault back can put
//     both back (docs/threat-model.md).
//
// Everything else is refused: an older state, a different one with the same
// number, and a next one that came from a different state.
func (m *Mark) Judge(now Mark, prev [MACSize]byte, unmarked bool) (behind bool, err error) {
	if m == nil {
		// A world without changes cannot have been rolled back. A world from
		// before the generations has no mark, and needs one from its next
		// Update on.
		if now.Generation == 0 || unmarked {
			return true, nil
		}
		return false, ErrNoMark
	}
	if m.Bare && !unmarked {
		return false, ErrBareMark
	}
	switch {
	case now.Generation < m.Generation:
		return false, fmt.Errorf("%w: they are at change %d, the vault knows of change %d",
			keystore.ErrRolledBack, now.Generation, m.Generation)
	case now.Generation == m.Generation:
		if now.Tag != m.Tag {
			return false, fmt.Errorf("%w: change %d is not the one that the vault knows", keystore.ErrRolledBack, now.Generation)
		}
		return false, nil
	case now.Generation == m.Generation+1 && prev != m.Tag:
		return false, fmt.Errorf("%w: change %d does not follow from the one that the vault knows",
			keystore.ErrRolledBack, now.Generation)
	}
	return true, nil
}

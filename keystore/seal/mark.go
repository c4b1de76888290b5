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

// Mark is what the vault item ID/gen holds: which state of the world is the
// newest. The number alone would not do: whoever has the folder can make two
// states of the same number (kill a command after its COMMIT, copy the folder,
// put the one before it back, act otherwise), so the state's own authenticator
// stands beside it.
//
// The item's text ends in an authenticator under a key of the world's. A file
// vault only encrypts, to a recipient that everybody may know; without it, who
// may write there could make the mark that an old world.db needs.
type Mark struct {
	Generation uint64
	Tag        [MACSize]byte
	// bare reports whether it was kept by an offauth whose marks had no
	// authenticator.
	Bare bool
}

// The forms of a mark's text begin with their number.
const (
	bareForm = "1"
	markForm = "2"
)

// MarkText is the item's text.
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

// ReadMark accepts what MarkText returns for this world, and a bare mark.
func (k *Keys) ReadMark(text []byte) (Mark, error) {
	m, mac, err := ParseMark(text)
	if err == nil && !m.Bare && !hmac.Equal(mac, k.markMAC(m)) {
		return Mark{}, errors.New("it is no generation that offauth kept")
	}
	return m, err
}

// ParseMark reads a mark without checking its authenticator.
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

// ErrNoMark means that the vault has no mark of a world that should have one.
var ErrNoMark = fmt.Errorf("%w: the world's generation", keystore.ErrNotFound)

// ErrBareMark means that the vault's mark is one that no offauth which wrote
// this state would have kept.
var ErrBareMark = errors.New("it is of an older form than the world, and nothing shows that offauth kept it")

// Judge compares the state that a database is in with the vault's mark, nil if
// there is none, and reports whether the vault is behind and is to be raised.
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
// Everything else is refused: an older state, one of the same number that is
// another, and a next one that came from another.
func (m *Mark) Judge(now Mark, prev [MACSize]byte, unmarked bool) (behind bool, err error) {
	if m == nil {
		// Nothing can have been put back where nothing happened yet. A world
		// of before the generations has none, and its next Update makes it one
		// that must have.
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

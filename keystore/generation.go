package keystore

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// mark is what the vault item ID/gen holds: which state of the world is the
// newest. The number alone would not do: who has the folder can make two
// states of the same number (kill a command after its COMMIT, copy the folder,
// put the one before it back, act otherwise), so the state's own authenticator
// stands beside it.
//
// The item's text ends in an authenticator under a key of the world's. A file
// vault only encrypts, to a recipient that everybody may know; without it, who
// may write there could make the mark that an old world.db needs.
type mark struct {
	generation uint64
	tag        [macSize]byte
	// bare says that it was kept by an offauth whose marks had no
	// authenticator.
	bare bool
}

// The forms of a mark's text begin with their number.
const (
	bareForm = "1"
	markForm = "2"
)

// markText is the item's text.
func (k *keyring) markText(m mark) []byte {
	return []byte(m.text(markForm) + " " + hex.EncodeToString(k.markMAC(m)))
}

func (m mark) text(form string) string {
	return form + " " + strconv.FormatUint(m.generation, 10) + " " + hex.EncodeToString(m.tag[:])
}

func (k *keyring) markMAC(m mark) []byte {
	mac := hmac.New(sha256.New, k.marks)
	mac.Write(frame(nil).text(k.id).number(int64(m.generation)).bytes(m.tag[:]))
	return mac.Sum(nil)[:macSize]
}

// readMark accepts what markText gives for this world, and a bare mark.
func (k *keyring) readMark(text []byte) (mark, error) {
	m, mac, err := parseMark(text)
	if err == nil && !m.bare && !hmac.Equal(mac, k.markMAC(m)) {
		return mark{}, errors.New("it is no generation that offauth kept")
	}
	return m, err
}

// parseMark reads a mark without checking its authenticator.
func parseMark(text []byte) (m mark, mac []byte, err error) {
	none := errors.New("it is no generation")
	words := strings.Split(string(text), " ")
	m.bare = words[0] == bareForm
	if want := map[bool]int{true: 3, false: 4}[m.bare]; len(words) != want || len(words[2]) != 2*macSize {
		return mark{}, nil, none
	}
	if m.generation, err = strconv.ParseUint(words[1], 10, 64); err != nil {
		return mark{}, nil, none
	}
	if _, err := hex.Decode(m.tag[:], []byte(words[2])); err != nil {
		return mark{}, nil, none
	}
	again := m.text(bareForm)
	if !m.bare {
		if mac, err = hex.DecodeString(words[3]); err != nil {
			return mark{}, nil, none
		}
		again = m.text(markForm) + " " + hex.EncodeToString(mac)
	}
	if again != string(text) {
		return mark{}, nil, none
	}
	return m, mac, nil
}

// ErrRolledBack is wrapped by the fault state_rolled_back.
var ErrRolledBack = errors.New("the world's files are older than the vault knows them")

// errNoMark says that the vault has no mark of a world that should have one.
var errNoMark = fmt.Errorf("%w: the world's generation", ErrNotFound)

// errBareMark says that the vault's mark is one that no offauth which wrote
// this state would have kept.
var errBareMark = errors.New("it is of an older form than the world, and nothing shows that offauth kept it")

// judge compares the state that a database is in with the vault's mark, nil if
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
func (m *mark) judge(now mark, prev [macSize]byte, unmarked bool) (behind bool, err error) {
	if m == nil {
		// Nothing can have been put back where nothing happened yet. A world
		// of before the generations has none, and its next Update makes it one
		// that must have.
		if now.generation == 0 || unmarked {
			return true, nil
		}
		return false, errNoMark
	}
	if m.bare && !unmarked {
		return false, errBareMark
	}
	switch {
	case now.generation < m.generation:
		return false, fmt.Errorf("%w: they are at change %d, the vault knows of change %d", ErrRolledBack, now.generation, m.generation)
	case now.generation == m.generation:
		if now.tag != m.tag {
			return false, fmt.Errorf("%w: change %d is not the one that the vault knows", ErrRolledBack, now.generation)
		}
		return false, nil
	case now.generation == m.generation+1 && prev != m.tag:
		return false, fmt.Errorf("%w: change %d does not follow from the one that the vault knows", ErrRolledBack, now.generation)
	}
	return true, nil
}

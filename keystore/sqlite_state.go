package keystore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"
)

// state is the row "state" of meta, written anew by every Update. It ties the
// tables together: each row's own authenticator shows that we wrote it, the
// sums and counts here show that it is still to be there.
//
// What this holds: no row of records or timers can be altered, added, taken
// away or put back at an older version, and no event altered, added or taken
// away, without its showing, in every listing of all records, timers or
// events, and in World.Verify. A single record read by its name is known to
// be one that we wrote at that version, but not that it is the newest: whoever
// can write the file could put back an older row, or one of the same version
// from before a deletion, and that read alone would not see it. Putting back
// the whole database is what the generation is compared with the vault for.
type state struct {
	// generation counts the Updates that wrote something.
	generation uint64
	// events is the number of the newest event.
	events          uint64
	records, timers sum
	// prev is the row's authenticator before the last Update: which state this
	// one came from (see mark).
	prev [macSize]byte
	// unchained says that an offauth wrote the row which knew no prev, and
	// kept no generation in the vault.
	unchained bool
}

const (
	metaState = "state"
	metaWorld = "world"
)

// plainState is the length of what is not sealed in the row.
const plainState = 16

func (k *keyring) sealState(st state) []byte {
	plain := binary.BigEndian.AppendUint64(nil, st.generation)
	plain = binary.BigEndian.AppendUint64(plain, st.events)
	sums := append(append(st.records[:], st.timers[:]...), st.prev[:]...)
	return append(plain, k.seal(sums, k.stateBound(plain))...)
}

func (k *keyring) openState(value []byte) (state, error) {
	if len(value) < plainState {
		return state{}, ErrDamaged
	}
	plain := value[:plainState]
	sums, err := k.open(value[plainState:], k.stateBound(plain))
	unchained := len(sums) == 2*sha256.Size
	if err != nil || !unchained && len(sums) != 2*sha256.Size+macSize {
		return state{}, ErrDamaged
	}
	st := state{generation: binary.BigEndian.Uint64(plain), events: binary.BigEndian.Uint64(plain[8:]), unchained: unchained}
	copy(st.records[:], sums)
	copy(st.timers[:], sums[sha256.Size:])
	copy(st.prev[:], sums[2*sha256.Size:])
	return st, nil
}

func (k *keyring) stateBound(plain []byte) []byte {
	return frame(nil).text("state").text(k.id).bytes(plain)
}

// metaRow is a row of meta as it was read; check says whether it is ours.
type metaRow struct {
	key        string
	value, mac []byte
}

func readMeta(ctx context.Context, q querier, key string) (metaRow, error) {
	row := metaRow{key: key}
	err := columns(q.QueryRowContext(ctx, "SELECT value, mac FROM meta WHERE key = ?", key).Scan, &row.value, &row.mac)
	if errors.Is(err, sql.ErrNoRows) {
		return row, damaged("table meta has no row %s", key)
	}
	return row, storageFault(err, "table meta cannot be read")
}

func (row metaRow) check(m *marker) error {
	if !m.check("meta", row.frame(), row.mac) {
		return damaged("row %s of table meta was altered", row.key)
	}
	return nil
}

func (row metaRow) frame() frame { return frame(nil).text(row.key).bytes(row.value) }

// newMetaRow makes a row with its authenticator.
func newMetaRow(m *marker, key string, value []byte) metaRow {
	row := metaRow{key: key, value: value}
	row.mac = m.mac("meta", row.frame())
	return row
}

// about is the row "world" of meta: what a world is, in clear.
type about struct {
	ID    string `json:"id"`
	Vault Kind   `json:"vault"`
	// Also is a second vault that items of this world may lie in, while it is
	// being moved and after a move that was killed.
	Also    Kind      `json:"also,omitempty"`
	Created time.Time `json:"created"`
}

// about reads the row; nobody has vouched for it before its check.
func (row metaRow) about() (about, error) {
	var a about
	if err := json.Unmarshal(row.value, &a); err != nil || CheckItem(keyItem(a.ID)) != nil || !a.Vault.Known() || a.Also != "" && !a.Also.Known() {
		return about{}, damaged("row %s of table meta cannot be understood", row.key)
	}
	return a, nil
}

// row gives the row that says it.
func (a about) row(m *marker) (metaRow, error) {
	value, err := json.Marshal(a)
	return newMetaRow(m, metaWorld, value), err
}

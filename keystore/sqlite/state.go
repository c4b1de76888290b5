package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
)

// stateRow is the row "state" of meta, written again by every Update. It ties the
// tables together: each row's own authenticator shows that we wrote it, the
// index, the sum and the count here show that it is still to be there.
//
// What this holds: no row of records or timers can be altered, added, taken
// away or put back at an older version, and no event altered, added or taken
// away, without being detected by the next read of it, and by
// World.Verify. Putting back the whole database is what the generation is
// compared with the vault for.
type stateRow struct {
	// generation counts the Updates that wrote something.
	generation uint64
	// events is the number of the newest event.
	events uint64
	// root is the first node of the index of the records, nodes the number of
	// the node that was made last.
	root   entry
	nodes  uint64
	timers seal.Sum
	// prev is the row's authenticator before the last Update: which state this
	// one came from (see mark).
	prev [seal.MACSize]byte
	// unmarked reports whether the row was migrated from a schema without marks
	// in the vault, or with unauthenticated ones. The next Update stores an
	// authenticated one.
	unmarked bool
}

// The rows of meta.
const (
	metaState = "state"
	metaWorld = "world"
	// metaKey holds the root key, encrypted to an identity. Only snapshots have it.
	metaKey = "key"
)

const insertMeta = "INSERT INTO meta(key, value, mac) VALUES(?, ?, ?)"

// plainState is the length of what is not sealed in the row.
const plainState = 16

// sealedState is the length of what is sealed in the row.
const sealedState = 8 + seal.MACSize + 8 + sha256.Size + seal.MACSize + 1

func sealState(k *seal.Keys, st stateRow) []byte {
	plain := binary.BigEndian.AppendUint64(nil, st.generation)
	plain = binary.BigEndian.AppendUint64(plain, st.events)
	rest := append(binary.BigEndian.AppendUint64(nil, st.root.n), st.root.tag[:]...)
	rest = append(binary.BigEndian.AppendUint64(rest, st.nodes), st.timers[:]...)
	rest = append(append(rest, st.prev[:]...), 0)
	if st.unmarked {
		rest[len(rest)-1] = 1
	}
	return append(plain, k.Seal(rest, stateBound(k, plain))...)
}

func openState(k *seal.Keys, value []byte) (stateRow, error) {
	st, rest, err := splitState(k, value)
	if err != nil || len(rest) != sealedState {
		return stateRow{}, keystore.ErrDamaged
	}
	number := func() uint64 {
		n := binary.BigEndian.Uint64(rest)
		rest = rest[8:]
		return n
	}
	take := func(to []byte) { rest = rest[copy(to, rest):] }
	st.root.n = number()
	take(st.root.tag[:])
	st.nodes = number()
	take(st.timers[:])
	take(st.prev[:])
	st.unmarked = rest[0] == 1
	return st, nil
}

// splitState reads what is in clear in the row and opens the rest.
func splitState(k *seal.Keys, value []byte) (stateRow, []byte, error) {
	if len(value) < plainState {
		return stateRow{}, nil, keystore.ErrDamaged
	}
	plain := value[:plainState]
	rest, err := k.Open(value[plainState:], stateBound(k, plain))
	return stateRow{generation: binary.BigEndian.Uint64(plain), events: binary.BigEndian.Uint64(plain[8:])}, rest, err
}

func stateBound(k *seal.Keys, plain []byte) []byte {
	return seal.Frame(nil).Text("state").Text(k.ID).Bytes(plain)
}

// metaRow is a row of meta as it was read; check reports whether it is ours.
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
	return row, fault(err, "table meta cannot be read")
}

func (row metaRow) check(m *seal.Authenticator) error {
	if !m.Check("meta", row.frame(), row.mac) {
		return damaged("row %s of table meta was altered", row.key)
	}
	return nil
}

func (row metaRow) frame() seal.Frame { return seal.Frame(nil).Text(row.key).Bytes(row.value) }

// newMetaRow makes a row with its authenticator.
func newMetaRow(m *seal.Authenticator, key string, value []byte) metaRow {
	row := metaRow{key: key, value: value}
	row.mac = m.MAC("meta", row.frame())
	return row
}

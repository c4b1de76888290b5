package sqlite

import (
	"encoding/binary"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/batch"
	"github.com/offauth/offauth/keystore/seal"
)

// node is a leaf, whose entries are records, or an inner node, whose entries
// are the nodes below: each holds what is not before its key and is before the
// next one's.
type node struct {
	id      uint64
	inner   bool
	entries []entry
	stored  bool // it has a row
	changed bool
}

// entry is a record with its version and its sealed half's tag, or a node with
// its number and authenticator.
type entry struct {
	key authn.Key
	n   uint64
	tag [seal.MACSize]byte
}

// nodeSize is the most bytes that a node of several entries has, so that one
// fits into a page of the database.
const nodeSize = 3800

// seek returns the place in a leaf of the first entry that is not before key, in
// an inner node of the entry that key belongs under.
func (n *node) seek(key authn.Key) int {
	compare := func(e entry, key authn.Key) int { return batch.CompareKeys(e.key, key) }
	i, found := slices.BinarySearchFunc(n.entries, key, compare)
	if n.inner && !found && i > 0 {
		return i - 1
	}
	return i
}

// size is how many bytes an entry takes in its node, or a few more.
func (e entry) size() int {
	return len(e.key.Site) + len(e.key.Name) + 3*binary.MaxVarintLen32 + seal.MACSize
}

func (n *node) encode() []byte {
	value := []byte{0}
	if n.inner {
		value[0] = 1
	}
	for _, e := range n.entries {
		value = append(binary.AppendUvarint(value, uint64(len(e.key.Site))), e.key.Site...)
		value = append(binary.AppendUvarint(value, uint64(len(e.key.Name))), e.key.Name...)
		value = append(binary.AppendUvarint(value, e.n), e.tag[:]...)
	}
	return value
}

// decode is the inverse of encode, and reports whether it can be.
func (n *node) decode(value []byte) bool {
	if len(value) == 0 || value[0] > 1 {
		return false
	}
	n.inner = value[0] == 1
	n.entries = make([]entry, 0, len(value)/40)
	rest, ok := string(value[1:]), true
	number := func() (v uint64) {
		for shift := 0; len(rest) > 0; shift += 7 {
			b := rest[0]
			rest = rest[1:]
			v |= uint64(b&0x7f) << shift
			if b < 0x80 {
				return v
			}
		}
		ok = false
		return 0
	}
	text := func(size uint64) string {
		if size > uint64(len(rest)) {
			ok = false
			return ""
		}
		t := rest[:size]
		rest = rest[size:]
		return t
	}
	for ok && len(rest) > 0 {
		var e entry
		e.key.Site = authn.Site(text(number()))
		e.key.Name = text(number())
		e.n = number()
		copy(e.tag[:], text(seal.MACSize))
		n.entries = append(n.entries, e)
	}
	return ok
}

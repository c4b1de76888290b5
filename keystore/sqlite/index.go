package sqlite

import (
	"crypto/hmac"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/batch"
	"github.com/offauth/offauth/keystore/seal"
)

// index has the newest version of each record and the tag of its sealed half.
// It is a tree in the table nodes, sorted by site and name. Each node is
// authenticated by its parent, and the root by the state's row. So reading a
// record, or finding that it is missing, costs one path through the tree, and
// an older row, an older node or a removed row is detected.
type index struct {
	r     *Reader
	nodes map[uint64]*node // those that were read or made
	gone  []uint64         // rows to be deleted
}

// find returns the entry of a record, and reports whether there is one.
func (x *index) find(key authn.Key) (entry, bool, error) {
	var found entry
	_, err := x.walk(x.r.state.root, key, func(e entry) bool {
		found = e
		return false
	})
	return found, err == nil && found.n > 0 && found.key == key, err
}

// walk calls give for the entries from a key on, until it returns false.
func (x *index) walk(at entry, from authn.Key, give func(entry) (more bool)) (more bool, err error) {
	if at.n == 0 {
		return true, nil // there is no node yet
	}
	n, err := x.load(at)
	if err != nil {
		return false, err
	}
	for _, e := range n.entries[n.seek(from):] {
		if n.inner {
			more, err = x.walk(e, from, give)
		} else {
			more = give(e)
		}
		if err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// load reads the node that an entry names, and checks that it is that one.
func (x *index) load(at entry) (*node, error) {
	if n, ok := x.nodes[at.n]; ok {
		return n, nil
	}
	var value []byte
	err := columns(x.r.tx.QueryRowContext(x.r.ctx, "SELECT value FROM nodes WHERE id = ?", int64(at.n)).Scan, &value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, damaged("table nodes has no row %d", at.n)
	}
	if err != nil {
		return nil, fault(err, "table nodes cannot be read")
	}
	n := &node{id: at.n, stored: true}
	if !hmac.Equal(x.r.nodeMAC(at.n, value), at.tag[:]) || !n.decode(value) {
		return nil, damaged("row %d of table nodes was altered, or an older one put back", at.n)
	}
	x.nodes[at.n] = n
	return n, nil
}

func (r *Reader) nodeMAC(id uint64, value []byte) []byte {
	return r.auth.MAC("nodes", seal.Frame(nil).Number(int64(id)).Bytes(value))
}

// set sets a record's version and tag; version 0 removes the record.
func (x *index) set(e entry) error {
	root := &x.r.state.root
	if root.n == 0 {
		root.n = x.add(&node{}).id
	}
	n, err := x.load(*root)
	if err != nil {
		return err
	}
	right, err := x.setIn(n, e)
	if err != nil {
		return err
	}
	switch {
	case right != nil:
		root.n = x.add(&node{inner: true, entries: []entry{{n: n.id}, {key: right.entries[0].key, n: right.id}}}).id
	case n.inner && len(n.entries) == 1:
		*root = n.entries[0]
		x.drop(n)
	case len(n.entries) == 0:
		n.inner = false
	}
	return nil
}

// setIn sets an entry under a node. right is a new node for the second half of
// what became too big for one.
func (x *index) setIn(n *node, e entry) (right *node, err error) {
	n.changed = true
	i := n.seek(e.key)
	if !n.inner {
		had := i < len(n.entries) && n.entries[i].key == e.key
		switch {
		case had && e.n == 0:
			n.entries = slices.Delete(n.entries, i, i+1)
		case had:
			n.entries[i] = e
		case e.n > 0:
			n.entries = slices.Insert(n.entries, i, e)
		}
		return x.split(n), nil
	}
	below, err := x.load(n.entries[i])
	if err != nil {
		return nil, err
	}
	more, err := x.setIn(below, e)
	if err != nil {
		return nil, err
	}
	if more != nil {
		n.entries = slices.Insert(n.entries, i+1, entry{key: more.entries[0].key, n: more.id})
	}
	if len(below.entries) == 0 {
		n.entries = slices.Delete(n.entries, i, i+1)
		x.drop(below)
	}
	return x.split(n), nil
}

// split splits a node that is too big in half.
func (x *index) split(n *node) *node {
	size := len(n.encode())
	if size <= nodeSize || len(n.entries) < 2 {
		return nil
	}
	half, i := 0, 0
	for ; i < len(n.entries)-1 && half < size/2; i++ {
		half += n.entries[i].size()
	}
	right := x.add(&node{inner: n.inner, entries: slices.Clone(n.entries[i:])})
	n.entries = n.entries[:i]
	return right
}

// add gives a new node an unused number.
func (x *index) add(n *node) *node {
	x.r.state.nodes++
	n.id, n.changed = x.r.state.nodes, true
	x.nodes[n.id] = n
	return n
}

func (x *index) drop(n *node) {
	delete(x.nodes, n.id)
	if n.stored {
		x.gone = append(x.gone, n.id)
	}
}

// writeIndex writes the nodes that were changed, those below first.
func (w *Writer) writeIndex() error {
	for _, id := range w.index.gone {
		if err := w.exec("DELETE FROM nodes WHERE id = ?", int64(id)); err != nil {
			return err
		}
	}
	w.index.gone = nil
	root := w.index.nodes[w.state.root.n]
	if root == nil || !root.changed {
		return nil
	}
	return w.writeNode(root, &w.state.root)
}

// writeNode writes a node, and its authenticator into the entry that names it.
func (w *Writer) writeNode(n *node, named *entry) error {
	for i := range n.entries {
		if !n.inner {
			break
		}
		if below := w.index.nodes[n.entries[i].n]; below != nil && below.changed {
			if err := w.writeNode(below, &n.entries[i]); err != nil {
				return err
			}
		}
	}
	value := n.encode()
	query := "UPDATE nodes SET value = ? WHERE id = ?"
	if !n.stored {
		query = "INSERT INTO nodes(value, id) VALUES(?, ?)"
	}
	if err := w.exec(query, value, int64(n.id)); err != nil {
		return err
	}
	copy(named.tag[:], w.nodeMAC(n.id, value))
	n.stored, n.changed = true, false
	return nil
}

// audit compares one leaf of the index with its rows, the next leaf at each
// change; a small world has only one leaf. Rows are also checked when they are
// read; audit detects edits of rows that are not read.
func (x *index) audit() error {
	at, turn := x.r.state.root, x.r.state.generation
	query, args := "", []any{}
	var tags []byte
	for at.n != 0 {
		n, err := x.load(at)
		if err != nil {
			return err
		}
		if !n.inner {
			for _, e := range n.entries {
				tags = append(tags, e.tag[:]...)
			}
			break
		}
		i := int(turn % uint64(len(n.entries)))
		turn /= uint64(len(n.entries))
		limit := func(operator string, key authn.Key) {
			query, args = query+" AND (site, name) "+operator+" (?, ?)", append(args, string(key.Site), key.Name)
		}
		if i > 0 {
			limit(">=", n.entries[i].key)
		}
		if i+1 < len(n.entries) {
			limit("<", n.entries[i+1].key)
		}
		at = n.entries[i]
	}
	query = "SELECT coalesce(group_concat(hex(tag), ''), '') FROM" +
		" (SELECT substr(sealed, -16) AS tag FROM records WHERE TRUE" + query + " ORDER BY site, name)"
	var found string
	if err := columns(x.r.tx.QueryRowContext(x.r.ctx, query, args...).Scan, &found); err != nil {
		return fault(err, "table records cannot be read")
	}
	if !strings.EqualFold(found, hex.EncodeToString(tags)) {
		return damaged("in table records a row was altered, taken away, or an older one put back")
	}
	return nil
}

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

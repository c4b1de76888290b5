package worlds

import (
	"context"
	"errors"
	"time"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
)

// Status describes a world's vault.
type Status struct {
	World, ID string
	Kind      keystore.Kind
	// Also is a vault in which a killed move may have left something.
	Also keystore.Kind
	// Items are those that the world should have.
	Items []ItemStatus
	// Took is how long the vault took to return the first of them.
	Took time.Duration
	// Generation is the vault's, Newest that of the database; they are 0 where
	// they could not be read.
	Generation, Newest uint64
	// Err is the fault because of which the world does not open, or nil.
	Err error
}

// ItemStatus is what lies in the vault under one name.
type ItemStatus struct {
	Name  string
	State ItemState
	// Size is its length in bytes, before a vault encodes or encrypts it.
	Size int
}

// ItemState reports whether an item is what it should be.
type ItemState string

// The states of an item.
const (
	ItemPresent ItemState = "present"
	ItemMissing ItemState = "missing"
	// ItemDamaged means that offauth did not store the item.
	ItemDamaged ItemState = "damaged"
	// ItemForeign is the key of another world.
	ItemForeign ItemState = "foreign"
	// ItemUnknown means that the item could not be read.
	ItemUnknown ItemState = "unknown"
)

// Status looks at a world's vault, and at all of the world, and changes
// nothing. An error means that
// there is no such world; whatever is wrong with its database or its vault is
// in Err.
func (h Home) Status(ctx context.Context, name string, open keystore.Opener) (Status, error) {
	return h.status(ctx, name, open, (*sqlite.Reader).Verify)
}

// Glance is Status without Verify, so it is as fast for a large world.
func (h Home) Glance(ctx context.Context, name string, open keystore.Opener) (Status, error) {
	return h.status(ctx, name, open, func(*sqlite.Reader) error { return nil })
}

func (h Home) status(
	ctx context.Context, name string, open keystore.Opener, also func(*sqlite.Reader) error,
) (Status, error) {
	if err := checkName(name); err != nil {
		return Status{}, err
	}
	if !h.Exists(name) {
		return Status{}, noWorld(name)
	}
	st := Status{World: name}
	db, err := openDatabase(ctx, h.WorldDir(name))
	if err != nil {
		st.Err = keystore.NameWorld(err, name)
		return st, nil
	}
	defer db.Close()
	a := db.About()
	st.ID, st.Kind, st.Also = a.ID, a.Vault, a.Also
	st.Items = []ItemStatus{
		{Name: keystore.KeyItem(a.ID), State: ItemUnknown},
		{Name: keystore.GenItem(a.ID), State: ItemUnknown},
	}
	vault, err := open(a.Vault, a.ID)
	if err != nil {
		st.Err = keystore.NameWorld(keystore.VaultFault(err, name, keystore.KeyItem(a.ID)), name)
		return st, nil
	}
	st.Err = keystore.NameWorld(st.look(ctx, db, vault, also), name)
	return st, nil
}

// look asks for both items and returns the first fault.
func (st *Status) look(
	ctx context.Context, db *sqlite.Database, vault keystore.Vault, also func(*sqlite.Reader) error,
) error {
	key, gen := &st.Items[0], &st.Items[1]
	began := time.Now()
	root, keyErr := st.ask(ctx, vault, key)
	st.Took = time.Since(began)
	text, genErr := st.ask(ctx, vault, gen)
	m, _, err := seal.ParseMark(text)
	st.Generation = m.Generation
	garbled := func(err error) {
		if genErr == nil && err != nil {
			gen.State = ItemDamaged
			genErr = keystore.WorldFault(keystore.CodeItemDamaged, st.World, keystore.ErrDamaged,
				"the vault item "+gen.Name+" is damaged")
		}
	}
	garbled(err)
	if keyErr != nil {
		return keyErr
	}
	keys, err := seal.NewKeys(root, st.ID)
	if err != nil {
		key.State = ItemDamaged
		return noRootKey(st.World, key.Name)
	}
	if err := db.Unlock(ctx, st.World, keys); err != nil {
		if errors.Is(err, keystore.ErrOtherWorld) {
			key.State = ItemForeign
		}
		return err
	}
	m, err = keys.ReadMark(text)
	garbled(err)
	if err := checkWorldName(db.About(), st.World); err != nil {
		return err
	}
	if !db.UpToDate() { // the next command that opens it brings it up to date, and finds what is wrong
		return nil
	}
	return db.Read(ctx, func(r *sqlite.Reader) error {
		st.Newest = r.Mark().Generation
		var known *seal.Mark
		if genErr == nil {
			known = &m
		} else if gen.State != ItemMissing {
			return genErr
		}
		if _, err := newGuard(st.World, keys, st.Kind, vault, nil).judge(r, known); err != nil {
			if keystore.IsDamagedItem(err) {
				gen.State = ItemDamaged
			}
			return err
		}
		return also(r)
	})
}

// ask reads an item and sets its status.
func (st *Status) ask(ctx context.Context, vault keystore.Vault, item *ItemStatus) ([]byte, error) {
	value, err := vault.Get(ctx, item.Name)
	switch {
	case err == nil:
		item.State, item.Size = ItemPresent, len(value)
	case errors.Is(err, keystore.ErrNotFound):
		item.State = ItemMissing
	case errors.Is(err, keystore.ErrDamaged):
		item.State = ItemDamaged
	}
	return value, keystore.VaultFault(err, st.World, item.Name)
}

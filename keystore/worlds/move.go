package worlds

import (
	"context"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
	"github.com/offauth/offauth/keystore/vault"
)

// Move moves a world's items to the vault of another kind. The key stays the
// same: who copied the old vault still has it. Processes that have the world
// open follow by themselves.
//
// A Move that is killed leaves a world that opens, and says in the world in
// which second vault something may be left; so the next Move, to whichever
// kind, the next Wipe and the next Delete clear it. Until then the vault that
// is left holds the key, and the generation as it was.
func (h Home) Move(ctx context.Context, name string, to keystore.Kind, open keystore.Opener) error {
	// A keyring may show its dialog here, where no lock is held.
	w, err := h.Open(ctx, name, open)
	if err != nil {
		return err
	}
	defer w.Close()
	next, err := open(to, w.ID())
	if err == nil {
		err = wakeVault(ctx, name, w.ID(), func(string) (keystore.Vault, error) { return next, nil })
	}
	if err != nil {
		return keystore.NameWorld(keystore.VaultFault(err, name, keystore.KeyItem(w.ID())), name)
	}
	m := &moving{h, w, to, next}
	return keystore.NameWorld(w.following(func() error { return m.move(ctx) }), name)
}

// moving is a Move under way.
type moving struct {
	home Home
	w    *World
	to   keystore.Kind
	next keystore.Vault
}

// move does it under the world's lock. After each step all that is needed to
// open the world lies in the vault that its database names.
func (m *moving) move(ctx context.Context) error {
	release, err := m.w.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	a, now, err := m.check(ctx)
	if err != nil {
		return err
	}
	if a.Also != "" && a.Also != m.to {
		if err := m.clear(ctx, a.Also); err != nil {
			return err
		}
	}
	if a.Vault != m.to {
		old := a.Vault
		for _, step := range []func() error{
			func() error { return m.setVaults(ctx, sqlite.About{Vault: old, Also: m.to}) },
			func() error { return m.copy(ctx, now) },
			func() error { return m.setVaults(ctx, sqlite.About{Vault: m.to, Also: old}) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		a = sqlite.About{Vault: m.to, Also: old}
	}
	if a.Also == "" {
		return nil
	}
	if a.Also != a.Vault {
		if err := m.clear(ctx, a.Also); err != nil {
			return err
		}
	}
	return m.setVaults(ctx, sqlite.About{Vault: a.Vault})
}

// check reads where the world lies, and refuses one that was rolled back.
func (m *moving) check(ctx context.Context) (a sqlite.About, now seal.Mark, err error) {
	_, err = m.w.db.Write(ctx, func(w *sqlite.Writer) (bool, error) {
		if err := m.w.guard.admit(ctx, w.Reader); err != nil {
			return false, err
		}
		a, err = w.About()
		now = w.Mark()
		return false, err
	})
	return a, now, err
}

// copy puts both items into the next vault and reads them back.
func (m *moving) copy(ctx context.Context, now seal.Mark) error {
	ctx, cancel := context.WithTimeout(ctx, 4*m.w.guard.patience)
	defer cancel()
	key, gen := keystore.KeyItem(m.w.ID()), keystore.GenItem(m.w.ID())
	_, old := m.w.guard.current()
	root, err := old.Get(ctx, key)
	if err == nil {
		err = vault.Keep(ctx, m.next, key, root)
	}
	if err != nil {
		return keystore.VaultFault(err, m.w.name, key)
	}
	return keystore.VaultFault(vault.Keep(ctx, m.next, gen, m.w.guard.keys.MarkText(now)), m.w.name, gen)
}

// setVaults writes where the world lies.
func (m *moving) setVaults(ctx context.Context, where sqlite.About) error {
	_, err := m.w.db.Write(ctx, func(w *sqlite.Writer) (bool, error) {
		a, err := w.About()
		if err != nil {
			return false, err
		}
		a.Vault, a.Also = where.Vault, where.Also
		return true, w.SetAbout(a)
	})
	return err
}

// clear deletes what lies in a vault that the world no longer has.
func (m *moving) clear(ctx context.Context, kind keystore.Kind) error {
	ctx, cancel := context.WithTimeout(ctx, 2*m.w.guard.patience)
	defer cancel()
	vault := m.next
	if kind != m.to {
		var err error
		if vault, err = m.vaultOf(kind); err != nil {
			return keystore.VaultFault(err, m.w.name, keystore.KeyItem(m.w.ID()))
		}
	}
	return keystore.VaultFault(m.home.clearVault(ctx, kind, m.w.ID(), vault), m.w.name, keystore.KeyItem(m.w.ID()))
}

func (m *moving) vaultOf(kind keystore.Kind) (keystore.Vault, error) {
	if kind == keystore.KindFile {
		return nil, nil // its files go without it
	}
	if at, vault := m.w.guard.current(); at == kind {
		return vault, nil
	}
	return m.w.guard.open(kind, m.w.ID())
}

package keystore

import (
	"context"
)

// Move moves a world's items to the vault of another kind. The key stays the
// same: who copied the old vault still has it. Processes that have the world
// open follow by themselves.
//
// A Move that is killed leaves a world that opens, and says in the world in
// which second vault something may be left; so the next Move, to whichever
// kind, the next Wipe and the next Delete clear it. Until then the vault that
// is left holds the key, and the generation as it was.
func (h Home) Move(ctx context.Context, name string, to Kind, open Opener) error {
	// A keyring may show its dialog here, where no lock is held.
	w, err := h.Open(ctx, name, open)
	if err != nil {
		return err
	}
	defer w.Close()
	next, err := open(to, w.ID())
	if err == nil {
		err = wakeVault(ctx, name, w.ID(), func(string) (Vault, error) { return next, nil })
	}
	if err != nil {
		return nameWorld(vaultFault(err, name, keyItem(w.ID())), name)
	}
	m := &moving{h, w, to, next}
	return nameWorld(w.following(func() error { return m.move(ctx) }), name)
}

// moving is a Move under way.
type moving struct {
	home Home
	w    *World
	to   Kind
	next Vault
}

// move does it under the world's lock. After each step all that is needed to
// open the world lies in the vault that its database names.
func (m *moving) move(ctx context.Context) error {
	release, err := m.w.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	a, now, err := m.look(ctx)
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
			func() error { return m.say(ctx, about{Vault: old, Also: m.to}) },
			func() error { return m.copy(ctx, now) },
			func() error { return m.say(ctx, about{Vault: m.to, Also: old}) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		a = about{Vault: m.to, Also: old}
	}
	if a.Also == "" {
		return nil
	}
	if a.Also != a.Vault {
		if err := m.clear(ctx, a.Also); err != nil {
			return err
		}
	}
	return m.say(ctx, about{Vault: a.Vault})
}

// look reads where the world lies, and refuses one that was rolled back.
func (m *moving) look(ctx context.Context) (a about, now mark, err error) {
	_, err = m.w.db.Write(ctx, func(w *writer) (bool, error) {
		if err := m.w.guard.admit(ctx, w.reader); err != nil {
			return false, err
		}
		a, err = w.About()
		now = w.Mark()
		return false, err
	})
	return a, now, err
}

// copy puts both items into the next vault and reads them back.
func (m *moving) copy(ctx context.Context, now mark) error {
	ctx, cancel := context.WithTimeout(ctx, 4*m.w.guard.patience)
	defer cancel()
	key, gen := keyItem(m.w.ID()), genItem(m.w.ID())
	_, old := m.w.guard.at()
	root, err := old.Get(ctx, key)
	if err == nil {
		err = keepItem(ctx, m.next, key, root)
	}
	if err != nil {
		return vaultFault(err, m.w.name, key)
	}
	return vaultFault(keepItem(ctx, m.next, gen, m.w.guard.keys.markText(now)), m.w.name, gen)
}

// say writes where the world lies.
func (m *moving) say(ctx context.Context, where about) error {
	_, err := m.w.db.Write(ctx, func(w *writer) (bool, error) {
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
func (m *moving) clear(ctx context.Context, kind Kind) error {
	ctx, cancel := context.WithTimeout(ctx, 2*m.w.guard.patience)
	defer cancel()
	vault := m.next
	if kind != m.to {
		var err error
		if vault, err = m.vaultOf(kind); err != nil {
			return vaultFault(err, m.w.name, keyItem(m.w.ID()))
		}
	}
	return vaultFault(m.home.clearVault(ctx, kind, m.w.ID(), vault), m.w.name, keyItem(m.w.ID()))
}

func (m *moving) vaultOf(kind Kind) (Vault, error) {
	if kind == KindFile {
		return nil, nil // its files go without it
	}
	if at, vault := m.w.guard.at(); at == kind {
		return vault, nil
	}
	return m.w.guard.open(kind, m.w.ID())
}

package worlds

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
	"github.com/offauth/offauth/keystore/vault"
)

// underLock limits each call of a vault that is made while the world's lock is
// held, whatever the vault itself would wait: a dialog of the keyring must not
// stop every other process.
const underLock = 3 * time.Second

// idle is how long a keyring is assumed to stay unlocked. After that, an Update
// reads from it once before it takes the lock, so that a dialog appears then.
const idle = 30 * time.Second

// guard compares a world's generation with the vault's.
type guard struct {
	world, id string
	keys      *seal.Keys
	// vaultDir is the folder of the file vault.
	vaultDir string
	open     keystore.Opener
	patience time.Duration // underLock, but for tests

	mu    sync.Mutex
	kind  keystore.Kind
	vault keystore.Vault
	// seen is the newest mark that this process knows of.
	seen *seal.Mark
	used time.Time
}

func newGuard(world string, keys *seal.Keys, kind keystore.Kind, v keystore.Vault, open keystore.Opener) *guard {
	return &guard{
		world: world, id: keys.ID, keys: keys, open: open, patience: underLock,
		kind: kind, vault: v, used: time.Now(),
	}
}

// current returns the vault of the world's items, as far as this process knows.
func (g *guard) current() (keystore.Kind, keystore.Vault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.kind, g.vault
}

// take takes the lock of the world's id.
func (g *guard) take(ctx context.Context) (release func(), err error) {
	kind, _ := g.current()
	path, err := vault.LockFile(g.vaultDir, kind, g.id)
	if err == nil && path == "" {
		return func() {}, nil
	}
	if err == nil {
		release, err = disk.NewLock(path).Take(ctx)
	}
	if errors.Is(err, fs.ErrNotExist) { // there is no vault
		return nil, keystore.VaultFault(keystore.ErrNotFound, g.world, keystore.GenItem(g.id))
	}
	if err != nil {
		return nil, lockFault(err, g.world)
	}
	return release, nil
}

// follow goes to the vault that the world was moved to.
func (g *guard) follow(kind keystore.Kind) error {
	v, err := g.open(kind, g.id)
	if err != nil {
		return keystore.VaultFault(err, g.world, keystore.GenItem(g.id))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kind, g.vault, g.used = kind, v, time.Time{}
	return nil
}

// wake reads from a vault that was idle for a while. The caller holds no lock,
// so a dialog of the keyring blocks nobody.
func (g *guard) wake(ctx context.Context) error {
	g.mu.Lock()
	recent := time.Since(g.used) < idle
	g.mu.Unlock()
	if recent {
		return nil
	}
	if _, err := g.read(ctx); err != nil && !keystore.IsDamagedItem(err) {
		return keystore.VaultFault(err, g.world, keystore.GenItem(g.id))
	}
	return nil
}

// read returns the vault's mark, nil if there is none.
func (g *guard) read(ctx context.Context) (*seal.Mark, error) {
	_, v := g.current()
	value, err := v.Get(ctx, keystore.GenItem(g.id))
	if errors.Is(err, keystore.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m, err := g.keys.ReadMark(value)
	if err != nil {
		return nil, keystore.DamagedItem(keystore.GenItem(g.id), err)
	}
	g.note(m)
	return &m, nil
}

// readUnderLock is read for a caller that holds the world's lock.
func (g *guard) readUnderLock(ctx context.Context) (*seal.Mark, error) {
	ctx, cancel := context.WithTimeout(ctx, g.patience)
	defer cancel()
	return g.read(ctx)
}

// write keeps a mark in the vault and reads it back. ctx's end does not stop it:
// the change is on disk already.
func (g *guard) write(ctx context.Context, m seal.Mark) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.patience)
	defer cancel()
	_, v := g.current()
	err := vault.Keep(ctx, v, keystore.GenItem(g.id), g.keys.MarkText(m))
	if err == nil {
		g.note(m)
	}
	return err
}

// note notes a mark. An older one does not make us forget what we know.
func (g *guard) note(m seal.Mark) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.used = time.Now()
	if g.seen == nil || g.seen.Generation <= m.Generation {
		g.seen = &m
	}
}

// known returns the newest mark that we know of, and asks the vault if it is the
// first time. So a command that only reads asks once.
func (g *guard) known(ctx context.Context) (*seal.Mark, error) {
	g.mu.Lock()
	seen := g.seen
	g.mu.Unlock()
	if seen != nil && !seen.Bare { // a bare one is only good for a while
		return seen, nil
	}
	return g.read(ctx)
}

// errMovedVault means that the world was moved to another vault while it was
// open here.
type errMovedVault struct{ to keystore.Kind }

func (e errMovedVault) Error() string { return "the world was moved to the vault " + string(e.to) }

// judge compares what a transaction sees with a mark of the vault.
func (g *guard) judge(r *sqlite.Reader, m *seal.Mark) (behind bool, err error) {
	behind, err = m.Judge(r.Mark(), r.Prev(), r.Unmarked())
	switch {
	case errors.Is(err, keystore.ErrRolledBack):
		return false, keystore.WorldFault(keystore.CodeRolledBack, g.world, err,
			"an earlier state of the world "+g.world+" was put back")
	case errors.Is(err, seal.ErrBareMark):
		return false, keystore.NameWorld(keystore.DamagedItem(keystore.GenItem(g.id), err), g.world)
	case err != nil:
		return false, keystore.VaultFault(err, g.world, keystore.GenItem(g.id))
	}
	return behind, nil
}

// checkVault returns errMovedVault if the world's items are no longer in the
// vault that this process knows.
func (g *guard) checkVault(r *sqlite.Reader) error {
	a, err := r.About()
	if err != nil {
		return err
	}
	if kind, _ := g.current(); a.Vault != kind {
		return errMovedVault{a.Vault}
	}
	return nil
}

// admit returns nil if an Update, which holds the lock, sees the newest state.
// It first updates a vault that is behind, so that the vault is never behind by
// more than the current step.
func (g *guard) admit(ctx context.Context, r *sqlite.Reader) error {
	if err := g.checkVault(r); err != nil {
		return err
	}
	m, err := g.readUnderLock(ctx)
	if err != nil {
		return keystore.VaultFault(err, g.world, keystore.GenItem(g.id))
	}
	behind, err := g.judge(r, m)
	if err != nil || !behind {
		return err
	}
	return keystore.VaultFault(g.write(ctx, r.Mark()), g.world, keystore.GenItem(g.id))
}

// keepMark stores the mark of a committed change in the vault. The change may
// be reported only after that.
func (g *guard) keepMark(ctx context.Context, m seal.Mark) error {
	if err := g.write(ctx, m); err != nil {
		return keystore.WorldFault(keystore.CodeVaultWrite, g.world, keystore.OneLine(err),
			"the change is kept, but the vault of world "+g.world+" did not take its number, so nothing of it is told")
	}
	return nil
}

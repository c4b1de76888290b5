package app

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// How long one call of the keyring may take: its dialog wants a person, so
// where there is none there is nothing to wait for.
const (
	keyringAlone    = 3 * time.Second
	keyringAttended = time.Minute
)

// keyringMoment is how long a call may take before it is worth a word.
const keyringMoment = time.Second

// OneKeyring returns a process's one vault in the keyring, as whoever asks first
// wants it: all worlds share it, so that a keyring that hangs is not called
// again.
func OneKeyring(open func(wait time.Duration) keystore.Vault) func(time.Duration, func()) keystore.Vault {
	var once sync.Once
	var vault keystore.Vault
	return func(wait time.Duration, slow func()) keystore.Vault {
		once.Do(func() {
			if vault = open(wait); slow != nil {
				vault = &spokenVault{Vault: vault, say: slow}
			}
		})
		return vault
	}
}

// OSVault returns the vault in the keyring of the operating system.
func OSVault(d *Deps) keystore.Vault {
	if !attended(d) {
		return d.Keyring(keyringAlone, nil)
	}
	return d.Keyring(keyringAttended, func() { d.Say("waiting for your keyring") })
}

// attended reports whether somebody sees what is said on stderr, and so may be
// there to answer the keyring's dialog. stdin may well be a pipe.
func attended(d *Deps) bool {
	return d.Streams.ErrTTY && !d.Flags.Quiet && !d.Flags.JSON
}

// Asker is a vault that can say whether it is locked, without a dialog.
type Asker interface {
	Locked(ctx context.Context) error
}

// spokenVault says once that it waits, when a call takes more than a moment.
type spokenVault struct {
	keystore.Vault
	say  func()
	once sync.Once
}

// Locked passes on what a vault can say.
func (v *spokenVault) Locked(ctx context.Context) error {
	if asks, ok := v.Vault.(Asker); ok {
		return asks.Locked(ctx)
	}
	return nil
}

// Get implements keystore.Vault.
func (v *spokenVault) Get(ctx context.Context, name string) ([]byte, error) {
	defer v.watch()()
	return v.Vault.Get(ctx, name)
}

// Set implements keystore.Vault.
func (v *spokenVault) Set(ctx context.Context, name string, value []byte) error {
	defer v.watch()()
	return v.Vault.Set(ctx, name, value)
}

// Delete implements keystore.Vault.
func (v *spokenVault) Delete(ctx context.Context, name string) error {
	defer v.watch()()
	return v.Vault.Delete(ctx, name)
}

func (v *spokenVault) watch() (answered func() bool) {
	return time.AfterFunc(keyringMoment, func() { v.once.Do(v.say) }).Stop
}

// KeyringTrouble says in a few words what is wrong with a keyring that could
// not keep a new world's key, and whether that is what an error is about.
func KeyringTrouble(err error) (what string, ok bool) {
	f, isFault := authn.AsFault(err)
	if !isFault {
		return "", false
	}
	switch f.Code {
	case keystore.CodeVaultUnavailable:
		return "no keyring answers", true
	case keystore.CodeVaultLocked:
		return "your keyring is locked", true
	case keystore.CodeVaultTimeout:
		return "your keyring does not answer in time", true
	case keystore.CodeVaultWrite, keystore.CodeItemTooBig, keystore.CodeItemMissing, keystore.CodeItemDamaged:
		return "your keyring does not keep what it is given", true
	}
	return "", false
}

// WaysOn names, where no keyring keeps a new world's key, the ways to make that
// world without one. None of them is taken by itself.
func (v NewVault) WaysOn(err error) error {
	if _, ok := KeyringTrouble(err); !ok || v.Kind != keystore.KindOS {
		return err
	}
	f, _ := authn.AsFault(err)
	named := *f
	named.Hints = nil
	if f.Code == keystore.CodeVaultLocked || f.Code == keystore.CodeVaultTimeout {
		named.Hints = f.Hints[:1:1]
	}
	if errors.Is(err, keystore.ErrNoKeyring) { // its first hint makes one
		named.Hints = f.Hints[:1:1]
	}
	command := v.Command
	if !strings.Contains(command, "--keystore") && !strings.Contains(command, "--to") {
		command += " --keystore file"
	}
	named.Hints = append(named.Hints, command+" --identity "+identityName,
		"the file is made if it is not there; or set OFFAUTH_PASSPHRASE and run `"+command+"`")
	return &named
}

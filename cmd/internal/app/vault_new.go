package app

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// NewKind is the kind of vault for a new world, and whether the user chose it.
// Only a file vault has an identity, so who names one has chosen that.
func NewKind(d *Deps, identity string) (kind keystore.Kind, chosen bool, err error) {
	kind = keystore.Kind(cmp.Or(d.Flags.Keystore, d.Env("OFFAUTH_KEYSTORE")))
	switch {
	case kind == "" && identity != "":
		return keystore.KindFile, true, nil
	case kind == "":
		return keystore.KindOS, false, nil
	case !kind.Known():
		return kind, true, UnknownKind(kind)
	case kind == keystore.KindMemory:
		return kind, true, NotInMemory()
	case kind == keystore.KindOS && identity != "":
		return kind, true, Usage([]string{"leave --identity out, or say --keystore file"},
			"an identity opens a vault of the kind file, and the kind os was asked for")
	}
	return kind, true, nil
}

// UnknownKind is the fault of a kind of vault that does not exist.
func UnknownKind(kind keystore.Kind) *authn.Fault {
	return Usage([]string{"leave --keystore out, or say --keystore os or --keystore file"}, "there is no kind of vault %q; there is os and file", string(kind))
}

// NotInMemory says why a vault in memory cannot keep a world of the command line.
func NotInMemory() *authn.Fault {
	return Usage([]string{"leave --keystore and OFFAUTH_KEYSTORE out, or say os or file"},
		"a vault in memory is gone when the command ends, so it can keep no world; there is os and file")
}

// NewVault is how a vault is made for a world that has none of that kind yet.
type NewVault struct {
	Deps  *Deps
	Home  worlds.Home
	World string
	Kind  keystore.Kind
	// Command is the one that hints complete with an identity.
	Command string
	// Say tells a person what must be known about it.
	Say func(string)
}

// Of returns the vault for the world of that id.
func (v NewVault) Of(ctx context.Context, id string) (keystore.Vault, error) {
	if v.Kind == keystore.KindOS {
		return OSVault(v.Deps), nil
	}
	identity, err := v.identity(ctx, id)
	if err != nil {
		return nil, err
	}
	return vault.NewFile(v.Home.VaultDir(), identity), nil
}

func (v NewVault) identity(ctx context.Context, id string) (*vault.Identity, error) {
	path := IdentityFile(v.Deps)
	if path != "" {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return vault.LoadIdentityFile(path)
		}
		v.Say("made the identity " + path + ": whoever reads it can open this world, and without it nobody can")
		return vault.CreateIdentityFile(path)
	}
	if phrase := v.Deps.Env("OFFAUTH_PASSPHRASE"); phrase != "" {
		return vault.CreatePassphraseIdentity(v.Home.VaultDir(), id, phrase)
	}
	if v.World == DemoWorld && v.Deps.Flags.Demo {
		return v.throwAway()
	}
	secret, err := v.passphrase(ctx)
	if err != nil {
		return nil, err
	}
	return vault.CreatePassphraseIdentity(v.Home.VaultDir(), id, secret.Reveal())
}

// throwAway returns the demo's identity.
func (v NewVault) throwAway() (*vault.Identity, error) {
	path := DemoIdentity(v.Home)
	v.Say("the demo's keys are kept under the throw-away identity " + path + ", which guards nothing from who reads that folder")
	if IsFile(path) {
		return vault.LoadIdentityFile(path)
	}
	return vault.CreateIdentityFile(path)
}

// passphrase asks twice for a new one.
func (v NewVault) passphrase(ctx context.Context) (authn.Secret, error) {
	withFile := v.Command + " --identity " + identityName
	if !v.Deps.Streams.Interactive() {
		return authn.Secret{}, Usage([]string{withFile, "the file is made if it is not there; or set OFFAUTH_PASSPHRASE"},
			"a world needs an identity file or a passphrase to keep its keys under, and there is no terminal to ask")
	}
	first, err := v.Deps.Prompt.Secret(ctx, "a new passphrase for the world "+v.World)
	if err != nil {
		return first, err
	}
	if first.Empty() {
		return first, Usage([]string{withFile}, "a passphrase cannot be empty")
	}
	again, err := v.Deps.Prompt.Secret(ctx, "the same again")
	if err != nil {
		return again, err
	}
	if !first.Equal(again) {
		return again, Usage(nil, "the two passphrases differ; nothing was made")
	}
	return first, nil
}

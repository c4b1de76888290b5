package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// newKind is the kind of vault for a new world, and whether the user chose it.
// Only a file vault has an identity, so who names one has chosen that.
func (d *Deps) newKind(identity string) (kind keystore.Kind, chosen bool, err error) {
	kind = keystore.Kind(cmp.Or(d.Flags.Keystore, d.env("OFFAUTH_KEYSTORE")))
	switch {
	case kind == "" && identity != "":
		return keystore.KindFile, true, nil
	case kind == "":
		return keystore.KindOS, false, nil
	case !kind.Known():
		return kind, true, unknownKind(kind)
	case kind == keystore.KindMemory:
		return kind, true, notHere()
	case kind == keystore.KindOS && identity != "":
		return kind, true, usage([]string{"leave --identity out, or say --keystore file"},
			"an identity opens a vault of the kind file, and the kind os was asked for")
	}
	return kind, true, nil
}

func unknownKind(kind keystore.Kind) *authn.Fault {
	return usage([]string{"leave --keystore out, or say --keystore os or --keystore file"}, "there is no kind of vault %q; there is os and file", string(kind))
}

// notHere says why a vault in memory cannot keep a world of the command line.
func notHere() *authn.Fault {
	return usage([]string{"leave --keystore and OFFAUTH_KEYSTORE out, or say os or file"},
		"a vault in memory is gone when the command ends, so it can keep no world; there is os and file")
}

// newVault is how a vault is made for a world that has none of that kind yet.
type newVault struct {
	deps  *Deps
	home  keystore.Home
	world string
	kind  keystore.Kind
	// command is the one that hints complete with an identity.
	command string
	// say tells a person what must be known about it.
	say func(string)
}

// of returns the vault for the world of that id.
func (v newVault) of(ctx context.Context, id string) (keystore.Vault, error) {
	if v.kind == keystore.KindOS {
		return v.deps.osVault(), nil
	}
	identity, err := v.identity(ctx, id)
	if err != nil {
		return nil, err
	}
	return keystore.NewFileVault(v.home.VaultDir(), identity), nil
}

func (v newVault) identity(ctx context.Context, id string) (*keystore.Identity, error) {
	path := v.deps.identityFile()
	if path != "" {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return keystore.LoadIdentityFile(path)
		}
		v.say("made the identity " + path + ": whoever reads it can open this world, and without it nobody can")
		return keystore.CreateIdentityFile(path)
	}
	if phrase := v.deps.env("OFFAUTH_PASSPHRASE"); phrase != "" {
		return keystore.CreatePassphraseIdentity(v.home.VaultDir(), id, phrase)
	}
	if v.world == demoWorld && v.deps.Flags.Demo {
		return v.throwAway()
	}
	secret, err := v.passphrase(ctx)
	if err != nil {
		return nil, err
	}
	return keystore.CreatePassphraseIdentity(v.home.VaultDir(), id, secret.Reveal())
}

// throwAway returns the demo's identity.
func (v newVault) throwAway() (*keystore.Identity, error) {
	path := demoIdentity(v.home)
	v.say("the demo's keys are kept under the throw-away identity " + path + ", which guards nothing from who reads that folder")
	if isFile(path) {
		return keystore.LoadIdentityFile(path)
	}
	return keystore.CreateIdentityFile(path)
}

// passphrase asks twice for a new one.
func (v newVault) passphrase(ctx context.Context) (authn.Secret, error) {
	withFile := v.command + " --identity " + identityName
	if !v.deps.Streams.Interactive() {
		return authn.Secret{}, usage([]string{withFile, "the file is made if it is not there; or set OFFAUTH_PASSPHRASE"},
			"a world needs an identity file or a passphrase to keep its keys under, and there is no terminal to ask")
	}
	first, err := v.deps.Prompt.Secret(ctx, "a new passphrase for the world "+v.world)
	if err != nil {
		return first, err
	}
	if first.Empty() {
		return first, usage([]string{withFile}, "a passphrase cannot be empty")
	}
	again, err := v.deps.Prompt.Secret(ctx, "the same again")
	if err != nil {
		return again, err
	}
	if !first.Equal(again) {
		return again, usage(nil, "the two passphrases differ; nothing was made")
	}
	return first, nil
}

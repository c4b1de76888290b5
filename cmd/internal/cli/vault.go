package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// demoIdentity is the throw-away identity of the demo.
func demoIdentity(home keystore.Home) string { return filepath.Join(home.Dir, "demo-identity.txt") }

// identityFile is the identity that the user names, or empty.
func (d *Deps) identityFile() string { return orName(d.Flags.Identity, d.env("OFFAUTH_IDENTITY")) }

// vault opens the vault of a world that is there. No way is tried that the
// user did not name or the world was not made with: a fallback would open
// something else than what was asked for.
func (d *Deps) vault(ctx context.Context, home keystore.Home, world string, kind keystore.Kind, id string) (keystore.Vault, error) {
	if err := d.contradicted(world, kind); err != nil {
		return nil, err
	}
	if kind != keystore.KindFile {
		return nil, notHere(kind)
	}
	file := func(i *keystore.Identity, err error) (keystore.Vault, error) {
		if err != nil {
			return nil, err
		}
		return keystore.NewFileVault(home.VaultDir(), i), nil
	}
	switch {
	case d.Flags.Identity != "":
		return file(keystore.LoadIdentityFile(d.Flags.Identity))
	case keystore.HasPassphraseIdentity(home.VaultDir(), id):
		phrase, err := d.passphrase(ctx, world)
		if err != nil {
			return nil, err
		}
		return file(keystore.OpenPassphraseIdentity(home.VaultDir(), id, phrase.Reveal()))
	case world == demoWorld && isFile(demoIdentity(home)):
		// The demo may as well have been made with the user's own identity.
		v, err := file(keystore.LoadIdentityFile(demoIdentity(home)))
		if err == nil && d.identityFile() != "" {
			if _, err := v.Get(ctx, id+"/key"); errors.Is(err, keystore.ErrWrongIdentity) {
				return file(keystore.LoadIdentityFile(d.identityFile()))
			}
		}
		return v, err
	case d.identityFile() != "":
		return file(keystore.LoadIdentityFile(d.identityFile()))
	}
	return nil, &authn.Fault{Code: keystore.CodeIdentityMissing,
		Message: "the world " + world + " was made with an identity file, and none is named",
		Hints:   []string{"name it with --identity FILE or OFFAUTH_IDENTITY"}}
}

// contradicted refuses a --keystore that is not the world's.
func (d *Deps) contradicted(world string, kind keystore.Kind) error {
	asked := keystore.Kind(d.Flags.Keystore)
	if asked == "" || asked == kind {
		return nil
	}
	if !asked.Known() {
		return unknownKind(asked)
	}
	return usage([]string{"leave --keystore out"}, "the world %s keeps its keys in a vault of the kind %s, not %s", world, kind, asked)
}

// kind is the kind of vault for a new world.
func (d *Deps) kind() (keystore.Kind, error) {
	kind := keystore.Kind(orName(d.Flags.Keystore, orName(d.env("OFFAUTH_KEYSTORE"), string(keystore.KindFile))))
	switch {
	case !kind.Known():
		return kind, unknownKind(kind)
	case kind != keystore.KindFile:
		return kind, notHere(kind)
	}
	return kind, nil
}

func unknownKind(kind keystore.Kind) *authn.Fault {
	return usage([]string{"leave --keystore out, or say --keystore file"}, "there is no kind of vault %q; there is file", string(kind))
}

// notHere says why a kind that is known cannot keep a world of the command
// line.
func notHere(kind keystore.Kind) *authn.Fault {
	hints := []string{"leave --keystore and OFFAUTH_KEYSTORE out, or say file"}
	if kind == keystore.KindMemory {
		return usage(hints, "a vault in memory is gone when the command ends, so it can keep no world; there is file")
	}
	return usage(hints, "this version does not keep keys in the keyring of the operating system; there is file")
}

// passphrase is what opens the identity of a world.
func (d *Deps) passphrase(ctx context.Context, world string) (authn.Secret, error) {
	if phrase := d.env("OFFAUTH_PASSPHRASE"); phrase != "" {
		return authn.NewSecret(phrase), nil
	}
	if !d.Streams.Interactive() {
		return authn.Secret{}, usage([]string{"set OFFAUTH_PASSPHRASE"}, "the world %s is kept under a passphrase, and there is no terminal to ask for it", world)
	}
	return d.Prompt.Secret(ctx, "passphrase of the world "+world)
}

// newVault makes the vault of a world that is being made, and says what a
// person must know about it.
func (d *Deps) newVault(ctx context.Context, home keystore.Home, world, id string, say func(string)) (keystore.Vault, error) {
	identity, err := d.newIdentity(ctx, home, world, id, say)
	if err != nil {
		return nil, err
	}
	return keystore.NewFileVault(home.VaultDir(), identity), nil
}

func (d *Deps) newIdentity(ctx context.Context, home keystore.Home, world, id string, say func(string)) (*keystore.Identity, error) {
	path := d.identityFile()
	if path != "" {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return keystore.LoadIdentityFile(path)
		}
		say("made the identity " + path + ": whoever reads it can open this world, and without it nobody can")
		return keystore.CreateIdentityFile(path)
	}
	if phrase := d.env("OFFAUTH_PASSPHRASE"); phrase != "" {
		return keystore.CreatePassphraseIdentity(home.VaultDir(), id, phrase)
	}
	if world == demoWorld && d.Flags.Demo {
		return d.throwAway(home, say)
	}
	secret, err := d.newPassphrase(ctx, world)
	if err != nil {
		return nil, err
	}
	return keystore.CreatePassphraseIdentity(home.VaultDir(), id, secret.Reveal())
}

// throwAway gives the demo's identity.
func (d *Deps) throwAway(home keystore.Home, say func(string)) (*keystore.Identity, error) {
	path := demoIdentity(home)
	say("the demo's keys are kept under the throw-away identity " + path + ", which guards nothing from who reads that folder")
	if isFile(path) {
		return keystore.LoadIdentityFile(path)
	}
	return keystore.CreateIdentityFile(path)
}

// newPassphrase asks twice for the passphrase of a new world.
func (d *Deps) newPassphrase(ctx context.Context, world string) (authn.Secret, error) {
	if !d.Streams.Interactive() {
		return authn.Secret{}, usage([]string{
			"offauth world create " + world + " --identity " + identityName + " (it is made if it is not there)",
			"or set OFFAUTH_PASSPHRASE"},
			"a world needs an identity file or a passphrase to keep its keys under, and there is no terminal to ask")
	}
	first, err := d.Prompt.Secret(ctx, "a passphrase for the new world "+world)
	if err != nil {
		return first, err
	}
	if first.Empty() {
		return first, usage([]string{"offauth world create " + world + " --identity " + identityName}, "a passphrase cannot be empty")
	}
	again, err := d.Prompt.Secret(ctx, "the same again")
	if err != nil {
		return again, err
	}
	if !first.Equal(again) {
		return again, usage(nil, "the two passphrases differ; nothing was made")
	}
	return first, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

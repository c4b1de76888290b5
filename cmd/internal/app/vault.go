package app

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// DemoIdentity is the throw-away identity of the demo.
func DemoIdentity(home worlds.Home) string { return filepath.Join(home.Dir, "demo-identity.txt") }

// IdentityFile is the identity that the user names, or empty.
func IdentityFile(d *Deps) string { return cmp.Or(d.Flags.Identity, d.Env("OFFAUTH_IDENTITY")) }

// Vault opens the vault of a world that is there. No way is tried that the
// user did not name or the world was not made with: a fallback would open
// something else than what was asked for.
func Vault(ctx context.Context, d *Deps, home worlds.Home, world string, kind keystore.Kind, id string) (keystore.Vault, error) {
	if err := Contradicted(d, world, kind); err != nil {
		return nil, err
	}
	return VaultOf(ctx, d, home, world, kind, id)
}

// VaultOf is vault without a look at --keystore, which may be about another
// world.
func VaultOf(ctx context.Context, d *Deps, home worlds.Home, world string, kind keystore.Kind, id string) (keystore.Vault, error) {
	switch kind {
	case keystore.KindOS:
		return OSVault(d), nil
	case keystore.KindFile:
		return FileVault(ctx, d, home, world, id, d.Flags.Identity)
	}
	return nil, &authn.Fault{Code: keystore.CodeDamaged, Err: keystore.ErrDamaged,
		Message: "the world's database is damaged: it names the vault " + string(kind) + ", which no world of the command line has",
		Hints:   keystore.Named([]string{"offauth world restore SNAPSHOT --as NEWNAME", "offauth world delete NAME --force"}, world)}
}

// FileVault opens the vault in files of one world, with the identity that the
// command line names, if any.
func FileVault(ctx context.Context, d *Deps, home worlds.Home, world, id, given string) (keystore.Vault, error) {
	file := func(i *vault.Identity, err error) (keystore.Vault, error) {
		if err != nil {
			return nil, err
		}
		return vault.NewFile(home.VaultDir(), i), nil
	}
	switch {
	case given != "":
		return file(vault.LoadIdentityFile(given))
	case vault.HasPassphraseIdentity(home.VaultDir(), id):
		phrase, err := askPassphrase(ctx, d, world)
		if err != nil {
			return nil, err
		}
		return file(vault.OpenPassphraseIdentity(home.VaultDir(), id, phrase.Reveal()))
	case world == DemoWorld && IsFile(DemoIdentity(home)):
		// The demo may as well have been made with the user's own identity.
		v, err := file(vault.LoadIdentityFile(DemoIdentity(home)))
		if other := d.Env("OFFAUTH_IDENTITY"); err == nil && other != "" {
			if _, err := v.Get(ctx, id+"/key"); errors.Is(err, keystore.ErrWrongIdentity) {
				return file(vault.LoadIdentityFile(other))
			}
		}
		return v, err
	case d.Env("OFFAUTH_IDENTITY") != "":
		return file(vault.LoadIdentityFile(d.Env("OFFAUTH_IDENTITY")))
	}
	// Where there is no item, none can be opened, and that is what to say.
	if !IsFile(filepath.Join(home.VaultDir(), id+".key.age")) {
		return file(new(vault.Identity), nil)
	}
	return nil, &authn.Fault{Code: keystore.CodeIdentityMissing,
		Message: "the world " + world + " was made with an identity file, and none is named",
		Hints:   []string{"name it with --identity FILE or OFFAUTH_IDENTITY"}}
}

// Contradicted refuses flags that are not the world's.
func Contradicted(d *Deps, world string, kind keystore.Kind) error {
	asked := keystore.Kind(d.Flags.Keystore)
	switch {
	case asked != "" && !asked.Known():
		return UnknownKind(asked)
	case asked != "" && asked != kind:
		return Usage([]string{"leave --keystore out"}, "the world %s keeps its keys in a vault of the kind %s, not %s", world, kind, asked)
	case kind == keystore.KindOS && d.Flags.Identity != "":
		return Usage([]string{"leave --identity out"}, "the world %s keeps its keys in the keyring of the operating system, which no identity opens", world)
	}
	return nil
}

// askPassphrase is what opens the identity of a world.
func askPassphrase(ctx context.Context, d *Deps, world string) (authn.Secret, error) {
	if phrase := d.Env("OFFAUTH_PASSPHRASE"); phrase != "" {
		return authn.NewSecret(phrase), nil
	}
	if !d.Streams.Interactive() {
		return authn.Secret{}, Usage([]string{"set OFFAUTH_PASSPHRASE"}, "the world %s is kept under a passphrase, and there is no terminal to ask for it", world)
	}
	return d.Prompt.Secret(ctx, "passphrase of the world "+world)
}

// IsFile reports whether there is a regular file at a path.
func IsFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

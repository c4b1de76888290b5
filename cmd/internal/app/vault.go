package app

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// DemoIdentity is the throw-away identity of the demo.
func DemoIdentity(home worlds.Home) string { return filepath.Join(home.Dir, "demo-identity.txt") }

// IdentityFile returns the identity file that the user names, or "".
func IdentityFile(d *Deps) string { return cmp.Or(d.Flags.Identity, d.Env("OFFAUTH_IDENTITY")) }

// Vault opens the vault of an existing world. It uses only the vault that the
// world was made with and that the user names: a fallback could open something
// else.
func Vault(
	ctx context.Context, d *Deps, home worlds.Home, world string, kind keystore.Kind, id string,
) (keystore.Vault, error) {
	if err := Contradicted(d, world, kind); err != nil {
		return nil, err
	}
	return VaultOf(ctx, d, home, world, kind, id)
}

// VaultOf is Vault without a check of --keystore, which may be about another
// world.
func VaultOf(ctx context.Context, d *Deps, home worlds.Home, world string, kind keystore.Kind,
	id string) (keystore.Vault, error) {
	switch kind {
	case keystore.KindOS:
		return OSVault(d), nil
	case keystore.KindFile:
		return FileVault(ctx, d, home, world, id, d.Flags.Identity)
	}
	return nil, &authn.Fault{Code: keystore.CodeDamaged, Err: keystore.ErrDamaged,
		Message: "the world's database is damaged: it names the vault " + string(kind) +
			", which no world of the command line has",
		Hints: keystore.Named([]string{"offauth world restore SNAPSHOT --as NEWNAME", "offauth world delete NAME --force"},
			world)}
}

// FileVault opens the file vault of a world, with the identity from the command
// line, if any.
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
		// The demo may have been made with the user's own identity.
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
	// Without items there is nothing to open, and the caller says so.
	if !IsFile(filepath.Join(home.VaultDir(), id+".key.age")) {
		return file(new(vault.Identity), nil)
	}
	return nil, &authn.Fault{Code: keystore.CodeIdentityMissing,
		Message: "the world " + world + " was made with an identity file, and none is named",
		Hints:   []string{"name it with --identity FILE or OFFAUTH_IDENTITY"}}
}

// Contradicted returns an error if flags contradict the world's vault.
func Contradicted(d *Deps, world string, kind keystore.Kind) error {
	asked := keystore.Kind(d.Flags.Keystore)
	switch {
	case asked != "" && !asked.Known():
		return UnknownKind(asked)
	case asked != "" && asked != kind:
		return Usage([]string{"leave --keystore out"}, "the world %s keeps its keys in a vault of the kind %s, not %s", world,
			kind, asked)
	case kind == keystore.KindOS && d.Flags.Identity != "":
		return Usage([]string{"leave --identity out"},
			"the world %s keeps its keys in the keyring of the operating system, which no identity opens", world)
	}
	return nil
}

// askPassphrase returns the passphrase of a world's identity.
func askPassphrase(ctx context.Context, d *Deps, world string) (authn.Secret, error) {
	if phrase := d.Env("OFFAUTH_PASSPHRASE"); phrase != "" {
		return authn.NewSecret(phrase), nil
	}
	if !d.Streams.Interactive() {
		return authn.Secret{}, Usage([]string{"set OFFAUTH_PASSPHRASE"},
			"the world %s is kept under a passphrase, and there is no terminal to ask for it", world)
	}
	return d.Prompt.Secret(ctx, "passphrase of the world "+world)
}

// IsFile reports whether there is a regular file at a path.
func IsFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// NewKind returns the kind of vault for a new world, and whether the user chose
// it. Only a file vault has an identity, so naming one chooses it.
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

// UnknownKind returns the fault of an unknown kind of vault.
func UnknownKind(kind keystore.Kind) *authn.Fault {
	return Usage([]string{"leave --keystore out, or say --keystore os or --keystore file"},
		"there is no kind of vault %q; there is os and file", string(kind))
}

// NotInMemory returns the error for a vault in memory, which cannot keep a
// world between commands.
func NotInMemory() *authn.Fault {
	return Usage([]string{"leave --keystore and OFFAUTH_KEYSTORE out, or say os or file"},
		"a vault in memory is gone when the command ends, so it can keep no world; there is os and file")
}

// NewVault makes the vault of a world that has none of that kind yet.
type NewVault struct {
	Deps  *Deps
	Home  worlds.Home
	World string
	Kind  keystore.Kind
	// Command is the command that hints repeat, with an identity added.
	Command string
	// Say prints what the user must know about the new vault.
	Say func(string)
}

// Of returns the vault for the world with that id.
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
	v.Say("the demo's keys are kept under the throw-away identity " + path +
		", which protects nothing from a reader of that folder")
	if IsFile(path) {
		return vault.LoadIdentityFile(path)
	}
	return vault.CreateIdentityFile(path)
}

// passphrase asks twice for a new passphrase.
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

// How long one call of the keyring may take: its dialog needs a person, so
// without one there is no point in waiting.
const (
	keyringAlone    = 3 * time.Second
	keyringAttended = time.Minute
)

// keyringMoment is how long a call may take before the user is told.
const keyringMoment = time.Second

// OneKeyring returns a function that opens the keyring's vault once, with the
// arguments of the first caller. All worlds share the vault, so a keyring that
// hangs is called once.
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
	return d.Keyring(keyringAttended, func() { d.Sayf("waiting for your keyring") })
}

// attended reports whether somebody reads stderr, and so may answer the
// keyring's dialog. stdin may be a pipe.
func attended(d *Deps) bool {
	return d.Streams.ErrTTY && !d.Flags.Quiet && !d.Flags.JSON
}

// Asker is a vault that can tell without a dialog whether it is locked.
type Asker interface {
	Locked(ctx context.Context) error
}

// spokenVault prints once that it waits, when a call takes more than a moment.
type spokenVault struct {
	keystore.Vault
	say  func()
	once sync.Once
}

// Locked implements Asker, if the vault does.
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

// KeyringTrouble returns a short description of why a keyring could not keep a
// new world's key; ok is false if the error is about something else.
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

// WaysOn adds hints to a keyring's error: the ways to make the world without a
// keyring. None of them is taken automatically.
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

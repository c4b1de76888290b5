package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

// World is an open world with its name.
type World struct {
	*sim.World
	// Name is the user's name for it, Store its storage.
	Name  string
	Store *worlds.World
}

// Within opens the world that the flags select, calls do with it and closes it.
// Errors without an Action get the world's name too.
func (d *Deps) Within(ctx context.Context, do func(*World) error) error {
	w, err := openWorld(ctx, d)
	if err != nil {
		return err
	}
	err = do(w)
	if err != nil {
		var f *Failure
		if !errors.As(err, &f) {
			err = &Failure{World: w.Name, Err: err}
		}
		// An error of closing would hide the first one.
		_ = w.Store.Close()
		return err
	}
	return w.Store.Close()
}

// Act applies one Action; its error is a Failure with the Outcome.
func (w *World) Act(ctx context.Context, a authn.Action) (authn.Outcome, error) {
	out, err := w.Apply(ctx, a)
	if err != nil {
		return out, &Failure{World: w.Name, Outcome: out, Err: err}
	}
	return out, nil
}

// ResultOf returns the result of an Action as R, or an error if it has another
// type.
func ResultOf[R any](out authn.Outcome) (R, error) {
	r, ok := out.Result.(R)
	if !ok {
		return r, fmt.Errorf("the result is a %T, not a %T", out.Result, r)
	}
	return r, nil
}

// Home returns the folder in which worlds are kept.
func (d *Deps) Home() (worlds.Home, error) {
	if dir := d.Env("OFFAUTH_HOME"); dir != "" {
		dir, err := filepath.Abs(dir)
		return worlds.Home{Dir: dir}, err
	}
	dir, err := d.DataDir()
	if err != nil {
		return worlds.Home{}, Usage([]string{"set OFFAUTH_HOME to a folder"},
			"it cannot be found out where to keep worlds: %v", err)
	}
	return worlds.Home{Dir: dir}, nil
}

// WorldNames returns the names of all worlds without opening any.
func WorldNames(home worlds.Home) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(home.WorldDir(DemoWorld)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var found []string
	for _, e := range entries {
		if home.Exists(e.Name()) {
			found = append(found, e.Name())
		}
	}
	return found, err
}

// WorldName returns the name of the selected world: --world, OFFAUTH_WORLD, the
// only existing one, or "default".
func (d *Deps) WorldName(home worlds.Home) (string, error) {
	if d.Flags.Demo && d.Flags.World != "" && d.Flags.World != DemoWorld {
		return "", Usage(nil, "--demo means --world demo, so --world %s contradicts it", d.Flags.World)
	}
	if name := d.FlagWorld(); name != "" {
		return name, nil
	}
	if name := d.Env("OFFAUTH_WORLD"); name != "" {
		return name, nil
	}
	all, err := WorldNames(home)
	if err != nil {
		return "", err
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return "default", nil
}

// openWorld opens the world that the flags select; --demo creates it if needed.
func openWorld(ctx context.Context, d *Deps) (*World, error) {
	home, err := d.Home()
	if err != nil {
		return nil, err
	}
	name, err := d.WorldName(home)
	if err != nil {
		return nil, err
	}
	if d.Flags.Demo && !home.Exists(name) {
		if err := makeDemo(ctx, d, home); err != nil {
			return nil, &Failure{World: name, Err: err}
		}
	}
	w, err := OpenWorld(ctx, d, home, name)
	if err != nil {
		return nil, &Failure{World: name, Err: err}
	}
	return w, nil
}

// OpenWorld opens the world with that name.
func OpenWorld(ctx context.Context, d *Deps, home worlds.Home, name string) (*World, error) {
	if authn.CheckWorldName(name) == nil && !home.Exists(name) {
		return nil, NoWorld(home, name)
	}
	store, err := home.Open(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return Vault(ctx, d, home, name, kind, id)
	})
	if err != nil {
		return nil, err
	}
	return &World{World: Simulate(d, store), Name: name, Store: store}, nil
}

// Simulate returns the world in a store.
func Simulate(d *Deps, store authn.Store) *sim.World {
	return sim.Open(sim.Config{
		Families: verb.Families(),
		Store:    store, Host: d.Now,
		Rand:     func(authn.Site, string) io.Reader { return d.Rand },
		Slow:     min(runtime.GOMAXPROCS(0), maxSlow),
		Progress: sealing(d),
	})
}

// maxSlow limits how many KDFs run at once: each takes 19 MiB.
const maxSlow = 8

// NoWorld returns the fault of a missing world, with the existing ones.
func NoWorld(home worlds.Home, name string) error {
	all, err := WorldNames(home)
	if err != nil {
		return err
	}
	f := NoSuch(keystore.CodeNoWorld, "world", name, all, "offauth world create "+name)
	switch {
	case len(all) == 0:
		f.Message = "there is no world yet"
		f.Hints = []string{"offauth device unlock --demo", "offauth world create " + name}
	case name == "default":
		f.Message = fmt.Sprintf("there are %d worlds, and none of them is called default: %s", len(all),
			strings.Join(all, ", "))
		f.Hints = []string{"say which with --world " + all[0] + ", or OFFAUTH_WORLD"}
	}
	return f
}

// identityName is the identity file that hints suggest.
const identityName = "offauth-identity.txt"

// The demo's constants: its provider, the PIN of DEVICE:PIN, that of
// OFFLINE:PIN, and alice's static password. They guard nothing, and "world show --demo" prints them.
const (
	DemoProvider   = "bank"
	DemoPIN        = "2580"
	DemoOfflinePIN = "1357"
	DemoPassword   = "password"
)

// DemoStory returns the Actions that make the demo's world: everything up to
// the first online login, which brings the PINs, a phone with offline methods
// and a Digipass, and a OneSpan workstation, where the one-time password alone
// logs on.
func DemoStory() []authn.Action {
	return []authn.Action{
		authn.AddUser{Name: "alice"},
		authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.SetPolicy{Settings: []authn.Setting{{Key: hypr.KeyOffline, Value: "true"}}},
		authn.RegisterDevice{Name: "pixel", User: "alice"},
		hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"},
		hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"},
		authn.Lock{Workstation: "LAPTOP-7"},
		authn.SetPolicy{Settings: []authn.Setting{{Key: encap.KeyOfflineMethods, Value: "OFFLINE,OFFLINE:PIN"},
			{Key: encap.KeyOTPLength, Value: "6"}}},
		authn.AddProvider{Name: DemoProvider},
		encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device, encap.DevicePIN}, PIN: authn.NewSecret(DemoPIN)},
		encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret(DemoPIN)},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.Offline}},
		encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret(DemoPIN)},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.OfflinePIN}, PIN: authn.NewSecret(DemoOfflinePIN)},
		authn.AddWorkstation{Name: "DESKTOP-3", Family: authn.FamilyOneSpan},
		authn.SetPolicy{Settings: []authn.Setting{{Key: onespan.KeyOffline, Value: "true"},
			{Key: onespan.KeyBackend, Value: onespan.BackendAlways}}},
		onespan.SetPassword{User: "alice", Password: authn.NewSecret(DemoPassword)},
		onespan.Assign{Phone: "pixel", Type: onespan.TimeBased},
	}
}

// makeDemo creates the demo's world completely or not at all. If another
// process was faster, its world is used.
func makeDemo(ctx context.Context, d *Deps, home worlds.Home) error {
	err := CreateWorld(ctx, d, home, DemoWorld, FirstState{Story: DemoStory()}, func(what string) { d.Talkf("%s", what) })
	if f, ok := authn.AsFault(err); ok && f.Code == keystore.CodeWorldExists {
		return nil
	}
	return err
}

// FirstState is the initial content of a new world.
type FirstState struct {
	// Story is applied first.
	Story []authn.Action
	// Record reports whether the world records every Action, including the
	// story.
	Record bool
}

// CreateWorld creates a world and applies its story before other processes see
// it. If no keyring can keep the key it returns an error, except for the demo
// without a chosen vault, which then uses files.
func CreateWorld(ctx context.Context, d *Deps, home worlds.Home, name string, b FirstState, say func(string)) error {
	kind, chosen, err := NewKind(d, d.Flags.Identity)
	if err != nil {
		return err
	}
	play := func(store authn.Store) error { return playStory(ctx, d, store, b) }
	vault := NewVault{Deps: d, Home: home, World: name, Kind: kind, Command: "offauth world create " + name, Say: say}
	err = vault.create(ctx, play)
	if what, bad := KeyringTrouble(err); bad && !chosen && d.Flags.Demo {
		said := false
		files := vault
		files.Kind = keystore.KindFile
		files.Say = func(text string) { said = true; say(what + ", so " + text) }
		err = files.create(ctx, play)
		if err == nil && !said {
			say(what + ", so the demo's keys are kept in files, under the identity or the passphrase that is set")
		}
	}
	return vault.WaysOn(err)
}

// create creates a world with this vault.
func (v NewVault) create(ctx context.Context, fill func(authn.Store) error) error {
	vault := func(id string) (keystore.Vault, error) { return v.Of(ctx, id) }
	return v.Home.Create(ctx, v.World, v.Kind, vault, fill)
}

// playStory starts a world in an empty store and applies the story.
func playStory(ctx context.Context, d *Deps, store authn.Store, b FirstState) error {
	if err := sim.Start(ctx, store, nil); err != nil {
		return err
	}
	if b.Record {
		if err := sim.StartRecording(ctx, store); err != nil {
			return err
		}
	}
	w := Simulate(d, store)
	for _, a := range b.Story {
		out, err := w.Apply(ctx, a)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Verb(), err)
		}
		if out.Pending != nil {
			return fmt.Errorf("%s: it waits, though every link is up", a.Verb())
		}
	}
	return nil
}

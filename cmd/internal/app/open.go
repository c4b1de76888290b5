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
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

// Home is the folder in which worlds are kept.
func (d *Deps) Home() (worlds.Home, error) {
	if dir := d.Env("OFFAUTH_HOME"); dir != "" {
		dir, err := filepath.Abs(dir)
		return worlds.Home{Dir: dir}, err
	}
	dir, err := d.DataDir()
	if err != nil {
		return worlds.Home{}, Usage([]string{"set OFFAUTH_HOME to a folder"}, "it cannot be found out where to keep worlds: %v", err)
	}
	return worlds.Home{Dir: dir}, nil
}

// WorldNames lists the worlds without opening any.
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

// WorldName says which world is meant: --world, OFFAUTH_WORLD, the only one
// there is, or "default".
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

// openWorld opens the world that the flags mean; --demo makes it if it is not
// there.
func openWorld(ctx context.Context, d *Deps) (*World, error) {
	if d.Kept != nil {
		name, store := d.Kept()
		return &World{World: Simulate(d, store), Name: name, Store: store}, nil
	}
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

// OpenWorld opens the world of that name.
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

// Simulate returns the world that is in a store.
func Simulate(d *Deps, store authn.Store) *sim.World {
	return sim.Open(sim.Config{
		Families: verb.Families(),
		Store:    store, Host: d.Now,
		Rand:     func(authn.Site, string) io.Reader { return d.Rand },
		Slow:     min(runtime.GOMAXPROCS(0), maxSlow),
		Progress: sealing(d),
	})
}

// maxSlow is how many KDFs run at once at most: each takes 19 MiB.
const maxSlow = 8

// NoWorld is the fault of a world that is not there, with what there is
// instead.
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
		f.Message = fmt.Sprintf("there are %d worlds, and none of them is called default: %s", len(all), strings.Join(all, ", "))
		f.Hints = []string{"say which with --world " + all[0] + ", or OFFAUTH_WORLD"}
	}
	return f
}

// identityName is what hints call the identity file that the user may choose.
const identityName = "offauth-identity.txt"

package cli

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
	"github.com/offauth/offauth/keystore"
)

// home is the folder in which worlds are kept.
func (d *Deps) home() (keystore.Home, error) {
	if dir := d.env("OFFAUTH_HOME"); dir != "" {
		dir, err := filepath.Abs(dir)
		return keystore.Home{Dir: dir}, err
	}
	dir, err := d.DataDir()
	if err != nil {
		return keystore.Home{}, usage([]string{"set OFFAUTH_HOME to a folder"}, "it cannot be found out where to keep worlds: %v", err)
	}
	return keystore.Home{Dir: dir}, nil
}

// worldNames lists the worlds without opening any.
func worldNames(home keystore.Home) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(home.WorldDir(demoWorld)))
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

// worldName says which world is meant: --world, OFFAUTH_WORLD, the only one
// there is, or "default".
func (d *Deps) worldName(home keystore.Home) (string, error) {
	if d.Flags.Demo && d.Flags.World != "" && d.Flags.World != demoWorld {
		return "", usage(nil, "--demo means --world demo, so --world %s contradicts it", d.Flags.World)
	}
	if name := d.asked(); name != "" {
		return name, nil
	}
	if name := d.env("OFFAUTH_WORLD"); name != "" {
		return name, nil
	}
	all, err := worldNames(home)
	if err != nil {
		return "", err
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return "default", nil
}

// open opens the world that the flags mean; --demo makes it if it is not
// there.
func (d *Deps) open(ctx context.Context) (*World, error) {
	if d.Kept != nil {
		name, store := d.Kept()
		return &World{World: d.simulate(store), Name: name, Store: store}, nil
	}
	home, err := d.home()
	if err != nil {
		return nil, err
	}
	name, err := d.worldName(home)
	if err != nil {
		return nil, err
	}
	if d.Flags.Demo && !home.Exists(name) {
		if err := d.makeDemo(ctx, home); err != nil {
			return nil, &failure{world: name, err: err}
		}
	}
	w, err := d.openNamed(ctx, home, name)
	if err != nil {
		return nil, &failure{world: name, err: err}
	}
	return w, nil
}

// openNamed opens the world of that name.
func (d *Deps) openNamed(ctx context.Context, home keystore.Home, name string) (*World, error) {
	if authn.CheckWorldName(name) == nil && !home.Exists(name) {
		return nil, noWorld(home, name)
	}
	store, err := home.Open(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return d.vault(ctx, home, name, kind, id)
	})
	if err != nil {
		return nil, err
	}
	return &World{World: d.simulate(store), Name: name, Store: store}, nil
}

// simulate returns the world that is in a store.
func (d *Deps) simulate(store authn.Store) *sim.World {
	return sim.Open(sim.Config{
		Store: store, Host: d.Now,
		Rand:     func(authn.Site, string) io.Reader { return d.Rand },
		Slow:     min(runtime.GOMAXPROCS(0), maxSlow),
		Progress: d.making(),
	})
}

// maxSlow is how many KDFs run at once at most: each takes 19 MiB.
const maxSlow = 8

// noWorld is the fault of a world that is not there, with what there is
// instead.
func noWorld(home keystore.Home, name string) error {
	all, err := worldNames(home)
	if err != nil {
		return err
	}
	f := noSuch(keystore.CodeNoWorld, "world", name, all, "offauth world create "+name)
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

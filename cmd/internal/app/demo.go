package app

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

// The demo's constants: its provider, the PIN of DEVICE:PIN, that of
// OFFLINE:PIN, and alice's static password. They guard nothing, and "world show --demo" prints them.
const (
	DemoProvider   = "bank"
	DemoPIN        = "2580"
	DemoOfflinePIN = "1357"
	DemoPassword   = "password"
)

// DemoStory is how the demo's world comes to be: everything up to the first
// online login, which brings the PINs, a phone with offline methods and a
// Digipass, and a OneSpan workstation, where the one-time password alone logs
// on.
func DemoStory() []authn.Action {
	return []authn.Action{
		authn.AddUser{Name: "alice"},
		authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.SetPolicy{Settings: []authn.Setting{{Key: hypr.KeyOffline, Value: "true"}}},
		authn.RegisterDevice{Name: "pixel", User: "alice"},
		hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"},
		hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"},
		authn.Lock{Workstation: "LAPTOP-7"},
		authn.SetPolicy{Settings: []authn.Setting{{Key: encap.KeyOfflineMethods, Value: "OFFLINE,OFFLINE:PIN"}, {Key: encap.KeyOTPLength, Value: "6"}}},
		authn.AddProvider{Name: DemoProvider},
		encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device, encap.DevicePIN}, PIN: authn.NewSecret(DemoPIN)},
		encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret(DemoPIN)},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.Offline}},
		encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret(DemoPIN)},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.OfflinePIN}, PIN: authn.NewSecret(DemoOfflinePIN)},
		authn.AddWorkstation{Name: "DESKTOP-3", Family: authn.FamilyOneSpan},
		authn.SetPolicy{Settings: []authn.Setting{{Key: onespan.KeyOffline, Value: "true"}, {Key: onespan.KeyBackend, Value: onespan.BackendAlways}}},
		onespan.SetPassword{User: "alice", Password: authn.NewSecret(DemoPassword)},
		onespan.Assign{Phone: "pixel", Type: onespan.TimeBased},
	}
}

// makeDemo makes the demo's world, whole or not at all. When another process
// was faster, that one's is as good.
func makeDemo(ctx context.Context, d *Deps, home worlds.Home) error {
	err := CreateWorld(ctx, d, home, DemoWorld, FirstState{Story: DemoStory()}, func(what string) { d.Talk("%s", what) })
	if f, ok := authn.AsFault(err); ok && f.Code == keystore.CodeWorldExists {
		return nil
	}
	return err
}

// FirstState is what a new world begins with.
type FirstState struct {
	// Story is what is done in it first.
	Story []authn.Action
	// Record lets it keep every Action, those of the story included.
	Record bool
}

// CreateWorld makes a world and plays a story in it before anybody else sees it.
// Where no keyring keeps its key it stops, unless it is the demo, and nobody
// said where the demo's key is to lie.
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

// create makes a world with this vault.
func (v NewVault) create(ctx context.Context, fill func(authn.Store) error) error {
	vault := func(id string) (keystore.Vault, error) { return v.Of(ctx, id) }
	return v.Home.Create(ctx, v.World, v.Kind, vault, fill)
}

// playStory starts the world of an empty store and does what a story says.
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

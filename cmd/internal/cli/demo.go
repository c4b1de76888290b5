package cli

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/keystore"
)

// The demo's constants: its provider, the PIN of DEVICE:PIN, that of
// OFFLINE:PIN, and alice's static password. They guard nothing, and "world show --demo" prints them.
const (
	demoProvider   = "bank"
	demoPIN        = "2580"
	demoOfflinePIN = "1357"
	demoPassword   = "password"
)

// demoStory is how the demo's world comes to be: everything up to the first
// online login, which brings the PINs, a phone with offline methods and a
// Digipass, and a OneSpan workstation, where the one-time password alone logs
// on.
func demoStory() []authn.Action {
	return []authn.Action{
		authn.AddUser{Name: "alice"},
		authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.SetPolicy{Settings: []authn.Setting{{Key: "hypr.offline.enabled", Value: "true"}}},
		authn.RegisterDevice{Name: "pixel", User: "alice"},
		hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"},
		hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"},
		authn.Lock{Workstation: "LAPTOP-7"},
		authn.SetPolicy{Settings: []authn.Setting{{Key: "encap.offline.methods", Value: "OFFLINE,OFFLINE:PIN"}, {Key: "encap.otp.length", Value: "6"}}},
		authn.AddProvider{Name: demoProvider},
		encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device, encap.DevicePIN}, PIN: authn.NewSecret(demoPIN)},
		encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret(demoPIN)},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.Offline}},
		encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret(demoPIN)},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.OfflinePIN}, PIN: authn.NewSecret(demoOfflinePIN)},
		authn.AddWorkstation{Name: "DESKTOP-3", Family: authn.FamilyOneSpan},
		authn.SetPolicy{Settings: []authn.Setting{{Key: onespan.KeyOffline, Value: "true"}, {Key: "onespan.backend.authentication", Value: onespan.BackendAlways}}},
		onespan.SetPassword{User: "alice", Password: authn.NewSecret(demoPassword)},
		onespan.Assign{Phone: "pixel", Type: onespan.TimeBased},
	}
}

// makeDemo makes the demo's world, whole or not at all. When another process
// was faster, that one's is as good.
func (d *Deps) makeDemo(ctx context.Context, home keystore.Home) error {
	err := d.create(ctx, home, demoWorld, firstState{story: demoStory()}, func(what string) { d.talk("%s", what) })
	if f, ok := authn.AsFault(err); ok && f.Code == keystore.CodeWorldExists {
		return nil
	}
	return err
}

// firstState is what a new world begins with.
type firstState struct {
	// story is what is done in it first.
	story []authn.Action
	// record lets it keep every Action, those of the story included.
	record bool
}

// create makes a world and plays a story in it before anybody else sees it.
// Where no keyring keeps its key it stops, unless it is the demo, and nobody
// said where the demo's key is to lie.
func (d *Deps) create(ctx context.Context, home keystore.Home, name string, b firstState, say func(string)) error {
	kind, chosen, err := d.newKind(d.Flags.Identity)
	if err != nil {
		return err
	}
	play := func(store authn.Store) error { return d.play(ctx, store, b) }
	vault := newVault{deps: d, home: home, world: name, kind: kind, command: "offauth world create " + name, say: say}
	err = vault.create(ctx, play)
	if what, bad := keyringTrouble(err); bad && !chosen && d.Flags.Demo {
		said := false
		files := vault
		files.kind = keystore.KindFile
		files.say = func(text string) { said = true; say(what + ", so " + text) }
		err = files.create(ctx, play)
		if err == nil && !said {
			say(what + ", so the demo's keys are kept in files, under the identity or the passphrase that is set")
		}
	}
	return vault.waysOn(err)
}

// create makes a world with this vault.
func (v newVault) create(ctx context.Context, fill func(authn.Store) error) error {
	vault := func(id string) (keystore.Vault, error) { return v.of(ctx, id) }
	return v.home.Create(ctx, v.world, v.kind, vault, fill)
}

// play starts the world of an empty store and does what a story says.
func (d *Deps) play(ctx context.Context, store authn.Store, b firstState) error {
	if err := sim.Start(ctx, store, nil); err != nil {
		return err
	}
	if b.record {
		if err := sim.StartRecording(ctx, store); err != nil {
			return err
		}
	}
	w := d.simulate(store)
	for _, a := range b.story {
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

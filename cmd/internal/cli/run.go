package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/keystore"
)

// run starts a command, or the stand-in that a test put in its place to see
// the options that a command line makes.
func run[O any](cmd *cobra.Command, o O, runF, command func(context.Context, O) error) error {
	if runF != nil {
		return runF(cmd.Context(), o)
	}
	return command(cmd.Context(), o)
}

// World is an open world under its name.
type World struct {
	*sim.World
	// Name is what the user calls it, Store where it is kept.
	Name  string
	Store kept
}

// kept is where an open world is kept: a keystore.World.
type kept interface {
	authn.Store
	Watch(context.Context) (*keystore.Watch, error)
	Verify(context.Context) error
	Generation(context.Context) (uint64, error)
	ID() string
	VaultKind() keystore.Kind
	CreatedAt() time.Time
	Close() error
}

// within opens the world that the flags mean, does something in it and closes
// it. An error without an Action is about that world all the same.
func (d *Deps) within(ctx context.Context, do func(*World) error) error {
	w, err := d.open(ctx)
	if err != nil {
		return err
	}
	err = do(w)
	if err != nil {
		var f *failure
		if !errors.As(err, &f) {
			err = &failure{world: w.Name, err: err}
		}
		// What closing says besides would hide why the command failed.
		_ = w.Store.Close()
		return err
	}
	return w.Store.Close()
}

// act applies one Action and keeps, with an error, what it left behind.
func (w *World) act(ctx context.Context, a authn.Action) (authn.Outcome, error) {
	out, err := w.Apply(ctx, a)
	if err != nil {
		return out, &failure{world: w.Name, outcome: out, err: err}
	}
	return out, nil
}

// resultOf returns the result that an Action of this kind always has.
func resultOf[R any](out authn.Outcome) (R, error) {
	r, ok := out.Result.(R)
	if !ok {
		return r, fmt.Errorf("the result is a %T, not a %T", out.Result, r)
	}
	return r, nil
}

// concerned is what a command was about: its next step is about the same.
type concerned struct {
	user, phone, workstation string
	family                   authn.FamilyName
}

// made reports a step of making a world, and names the next one.
func (d *Deps) made(ctx context.Context, w *World, about concerned, out authn.Outcome, result any, lines ...string) error {
	snap, err := w.Snapshot(ctx, authn.Scope{})
	if err != nil {
		return err
	}
	return d.print(report{world: w.Name, outcome: out, result: result, lines: lines, next: nextStep(snap, about)})
}

// nextStep is the command that brings a world one step nearer to a first
// offline login, with what the last command was about.
func nextStep(snap authn.Snapshot, about concerned) string {
	if i := indexName(names(snap.Workstations, workstationName), about.workstation); i >= 0 {
		about.family = snap.Workstations[i].Family
	}
	switch {
	case about.family == authn.FamilyEncap:
		return nextEncap(snap, "", "")
	case about.family == authn.FamilyOneSpan && len(snap.Users) > 0:
		return nextOneSpanStep(snap)
	case len(snap.Users) == 0:
		return "offauth admin user add alice"
	case len(snap.Workstations) == 0 && isEncap(snap):
		return nextEncap(snap, "", "")
	case len(snap.Workstations) == 0:
		return "offauth workstation add LAPTOP-7 --family hypr"
	case !slices.ContainsFunc(snap.Workstations, func(w authn.WorkstationView) bool { return w.Family == authn.FamilyHYPR }):
		return nextOneSpanStep(snap)
	case !offlineEnabled(snap):
		return "offauth admin policy set hypr.offline.enabled=true"
	}
	return nextHYPRStep(snap, about)
}

// isEncap reports whether a world without workstations is one of Encap: it has
// a provider, an activated phone, or an offline method that is allowed.
func isEncap(snap authn.Snapshot) bool {
	return len(snap.Providers) > 0 ||
		slices.ContainsFunc(snap.Phones, func(p authn.PhoneView) bool { return p.Encap != nil }) ||
		slices.ContainsFunc(snap.Policy, func(s authn.SettingView) bool {
			return s.Key == "encap.offline.methods" && s.Value != s.Default
		})
}

// offlineEnabled reads the administrator's switch.
func offlineEnabled(snap authn.Snapshot) bool {
	for _, s := range snap.Policy {
		if s.Key == "hypr.offline.enabled" {
			return s.Value == "true"
		}
	}
	return false
}

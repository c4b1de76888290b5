package world

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

type repairOptions struct {
	deps *app.Deps

	name                 string
	accept, acceptedName bool
}

func newRepair(d *app.Deps) *cobra.Command {
	o := &repairOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "repair [name] --accept-rollback | --accept-name",
		Short: "let a world that was copied back, or renamed, go on",
		Long: `A world whose files were copied back from an earlier day is refused
(state_rolled_back), for PINs that were spent since then would count again
(A14). Put the newest world.db back, if you still have it.

Else this deletes everything that could be spent twice: every PIN set, on every
phone and every workstation, and all offline data; event-based authenticators
must be assigned again. Users, pairings and settings stay, and the next online
login brings new PINs and data. A world that is sound is left as it is.

A world whose folder was renamed is refused as well (world_renamed), so that no
world is taken for another. Give the folder its name back, or let the world have
the new one with --accept-name; nothing in it is lost.`,
		Example:     `  offauth world repair demo --accept-rollback`,
		Annotations: app.Takes("world"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = app.Arg(args, 0)
			return runRepair(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.accept, "accept-rollback", false, "delete every PIN set, and go on")
	cmd.Flags().BoolVar(&o.acceptedName, "accept-name", false, "let the world have the name of its folder")
	cmd.MarkFlagsMutuallyExclusive("accept-rollback", "accept-name")
	return cmd
}

type deletedJSON struct {
	Site   authn.Site `json:"site"`
	Of     string     `json:"of"`
	Number int64      `json:"number"`
}

type repairJSON struct {
	World string `json:"world"`
	// Repaired is false if there was nothing to repair.
	Repaired bool          `json:"repaired"`
	Deleted  []deletedJSON `json:"deleted"`
}

func runRepair(ctx context.Context, o *repairOptions) error {
	d := o.deps
	home, name, err := existing(d, o.name)
	if err != nil {
		return err
	}
	open := vaultsOf(ctx, d, home, name)
	vault := func(kind keystore.Kind, id string) (keystore.Vault, error) {
		if err := app.Contradicted(d, name, kind); err != nil {
			return nil, err
		}
		return open(kind, id)
	}
	if o.acceptedName {
		return adopt(ctx, d, home, name, vault)
	}
	if !o.accept {
		return &app.Failure{World: name, Err: notAccepted(home, name)}
	}
	r := repairJSON{World: name, Deleted: []deletedJSON{}}
	var out authn.Outcome
	err = home.Repair(ctx, name, vault, func(store authn.Store) error {
		var err error
		out, err = sim.AcceptRollback(ctx, app.Simulate(d, store))
		r.Repaired = err == nil
		return err
	})
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	rep := app.Report{World: name, Outcome: out, Bare: []string{"sound"},
		Lines: []string{"world " + name + ": there is nothing to repair"}}
	if r.Repaired {
		r.Deleted, rep.Lines = deletedSets(out.Events)
		rep.Lines = append([]string{"world " + name +
			": goes on from the state that it is in; what could be spent twice was deleted"}, rep.Lines...)
		rep.Bare, rep.Next = []string{"repaired"}, "offauth device tap"
	}
	rep.Result = r
	return d.Print(rep)
}

// notAccepted returns the error that names the flag required for the repair.
func notAccepted(home worlds.Home, name string) error {
	list, err := home.List()
	if err != nil {
		return err
	}
	for _, w := range list {
		if f, ok := authn.AsFault(w.Err); ok && w.Name == name && f.Code == keystore.CodeRenamed {
			return app.Usage([]string{"offauth world repair " + name + " --accept-name"},
				"%s; say that it may have the new name", f.Message)
		}
	}
	return app.Usage([]string{"offauth world repair " + name + " --accept-rollback"},
		"a repair deletes every PIN set of the world %s; say that you accept it", name)
}

// adopt renames a world to the name of its folder.
func adopt(ctx context.Context, d *app.Deps, home worlds.Home, name string,
	vault func(keystore.Kind, string) (keystore.Vault, error)) error {
	adopted, err := home.Adopt(ctx, name, vault)
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	rep := app.Report{World: name, Result: repairJSON{World: name, Repaired: adopted, Deleted: []deletedJSON{}},
		Bare: []string{"sound"}, Lines: []string{"world " + name + ": there is nothing to repair"}}
	if adopted {
		rep.Bare, rep.Lines = []string{"repaired"}, []string{"world " + name + ": has this name from now on"}
	}
	return d.Print(rep)
}

// deletedSets words which PIN sets were deleted.
func deletedSets(events []authn.Event) ([]deletedJSON, []string) {
	deleted, lines := []deletedJSON{}, []string(nil)
	for _, e := range events {
		number, ok := e.Fields["number"].(int64)
		if e.Kind == onespan.EventDataDeleted && ok {
			deleted = append(deleted, deletedJSON{Site: e.Site, Of: e.Subject, Number: number})
			lines = append(lines, fmt.Sprintf("%s: offline data %d of %s deleted", e.Site, number, e.Subject))
		}
		if e.Kind == onespan.EventAuthenticatorDropped {
			lines = append(lines, fmt.Sprintf("%s: %v of %s must be assigned again", e.Site, e.Fields["serial"], e.Subject))
		}
		if e.Kind != hypr.EventPINsDeleted || !ok {
			continue
		}
		deleted = append(deleted, deletedJSON{Site: e.Site, Of: e.Subject, Number: number})
		lines = append(lines, fmt.Sprintf("%s: set %d of %s deleted", e.Site, number, e.Subject))
	}
	if len(lines) == 0 {
		lines = []string{"there was no PIN set in it"}
	}
	return deleted, lines
}

package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

type worldShowOptions struct {
	deps *Deps

	name string
}

func newWorldShowCmd(d *Deps, runF func(context.Context, *worldShowOptions) error) *cobra.Command {
	o := &worldShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show [name]",
		Short: "show a world: where it is, what is in it, what comes next",
		Long: `Show a world: where its files are, how its keys are kept, what is in it, and
the next step to take.`,
		Example: `  offauth world show demo`,
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = arg(args, 0)
			return run(cmd, o, runF, runWorldShow)
		},
	}
}

func runWorldShow(ctx context.Context, o *worldShowOptions) error {
	d := o.deps
	return d.named(ctx, o.name, func(home keystore.Home, w *World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		generation, err := w.Store.Generation(ctx)
		if err != nil {
			return err
		}
		clock := d.clockReport(w, snap)
		users, phones, stations := names(snap.Users, userName), names(snap.Phones, phoneName), names(snap.Workstations, workstationName)
		info := worldJSON{World: w.Name, ID: w.Store.ID(), Keystore: w.Store.VaultKind(), CreatedAt: stampOf(w.Store.CreatedAt())}
		return d.print(report{
			world: w.Name, outcome: authn.Outcome{At: snap.Now}, next: nextStep(snap), bare: []string{w.Name},
			lines: []string{
				"world         " + w.Name,
				"id            " + info.ID,
				"folder        " + home.WorldDir(w.Name),
				"keystore      " + string(info.Keystore),
				"made          " + d.when(w.Store.CreatedAt(), d.Now()),
				"changes       " + fmt.Sprint(generation),
				"clock         " + clock.lines[0],
				"users         " + commas(users),
				"phones        " + commas(phones),
				"workstations  " + commas(stations),
			},
			result: struct {
				worldJSON
				Folder       string   `json:"folder"`
				Generation   uint64   `json:"generation"`
				Users        []string `json:"users"`
				Phones       []string `json:"phones"`
				Workstations []string `json:"workstations"`
			}{info, home.WorldDir(w.Name), generation, users, phones, stations},
		})
	})
}

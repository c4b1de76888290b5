package world

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
	"github.com/offauth/offauth/keystore/worlds"
)

type worldShowOptions struct {
	deps *app.Deps

	name string
}

func newWorldShowCmd(d *app.Deps) *cobra.Command {
	o := &worldShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show [name]",
		Short: "show a world: where it is, what is in it, what comes next",
		Long: `Show a world: where its files are, how its keys are kept, what is in it, and
the next step to take. All that is kept of it is read, so a row that somebody
edited, put back or took away is found.`,
		Example:     `  offauth world show demo`,
		Annotations: app.Takes("world"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = app.Arg(args, 0)
			return runWorldShow(cmd.Context(), o)
		},
	}
}

func runWorldShow(ctx context.Context, o *worldShowOptions) error {
	d := o.deps
	return openNamed(ctx, d, o.name, func(home worlds.Home, w *app.World) error {
		if err := w.Store.Verify(ctx); err != nil {
			return err
		}
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		generation, err := w.Store.Generation(ctx)
		if err != nil {
			return err
		}
		clock := show.ClockReport(d, w, snap)
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now, Warnings: exposed(d, home, w.Name, w.Store.VaultKind())}, Next: pick.NextStep(snap, pick.Concerned{}), Bare: []string{w.Name}}
		info := worldJSON{World: w.Name, ID: w.Store.ID(), Keystore: w.Store.VaultKind(), CreatedAt: app.StampOf(w.Store.CreatedAt())}
		var recorded *uint64
		recording := "no"
		if snap.Recording {
			recorded, recording = &snap.Moves, authn.Counted(snap.Moves, "action")+"; offauth scenario record NAME makes a scenario of them"
		}
		who := inhabitantsOf(snap)
		if w.Name == app.DemoWorld && slices.Contains(who.Providers, app.DemoProvider) {
			who.Demo = &demoJSON{app.DemoProvider, app.DemoPIN, app.DemoOfflinePIN, app.DemoPassword}
		}
		rep.Result = struct {
			worldJSON
			Folder     string `json:"folder"`
			Generation uint64 `json:"generation"`
			// Recorded is how many actions were; null in a world that records none.
			Recorded *uint64 `json:"recorded"`
			inhabitants
		}{info, home.WorldDir(w.Name), generation, recorded, who}
		rep.Lines = append([]string{
			"world         " + w.Name,
			"id            " + info.ID,
			"folder        " + home.WorldDir(w.Name),
			"keystore      " + string(info.Keystore),
			"made          " + d.When(w.Store.CreatedAt(), d.Now()),
			"changes       " + fmt.Sprint(generation),
			"recorded      " + recording,
			"clock         " + clock.Lines[0],
			"server        hypr " + who.Server,
			"users         " + app.Commas(marked(who.Users, who.Roaming, "roaming")),
			"phones        " + app.Commas(marked(who.Phones, who.Replaced, "replaced")),
			"workstations  " + app.Commas(who.Workstations),
			"providers     " + app.Commas(who.Providers),
		}, append(show.LockLines(show.LocksOf(snap, "")), demoPINs(w.Name, who)...)...)
		return d.Print(rep)
	})
}

// inhabitants are who and what is in a world.
type inhabitants struct {
	Users        []string `json:"users"`
	Phones       []string `json:"phones"`
	Workstations []string `json:"workstations"`
	Server       string   `json:"server_version"`
	Roaming      []string `json:"roaming"`
	Replaced     []string `json:"replaced"`
	Providers    []string `json:"providers"`
	// Demo are the demo's constants; null in every other world.
	Demo *demoJSON `json:"demo"`
}

func inhabitantsOf(snap authn.Snapshot) inhabitants {
	in := inhabitants{Users: app.NamesOf(snap.Users, pick.UserName), Phones: []string{}, Workstations: app.NamesOf(snap.Workstations, pick.WorkstationName),
		Roaming: []string{}, Replaced: []string{},
		Providers: append([]string{}, app.NamesOf(snap.Providers, func(p authn.ProviderView) string { return p.Name })...)}
	for _, u := range snap.Users {
		if u.Roaming {
			in.Roaming = append(in.Roaming, u.Name)
		}
	}
	for _, p := range snap.Phones {
		in.Phones = append(in.Phones, p.Name)
		if p.ReplacedBy != "" {
			in.Replaced = append(in.Replaced, p.Name)
		}
	}
	for _, s := range snap.Policy {
		if s.Key == hypr.KeyServerVersion {
			in.Server = s.Value
		}
	}
	return in
}

// demoJSON are the demo's constants.
type demoJSON struct {
	Provider   string `json:"provider"`
	DevicePIN  string `json:"device_pin"`
	OfflinePIN string `json:"offline_pin"`
	// StaticPassword is alice's, which no policy of the demo wants typed.
	StaticPassword string `json:"static_password"`
}

// demoPINs prints the demo's constants, or the way on from a demo that was
// made before it had any.
func demoPINs(world string, who inhabitants) []string {
	switch {
	case who.Demo != nil:
		return []string{fmt.Sprintf("demo PINs     pixel: DEVICE:PIN %s, OFFLINE:PIN %s; alice: static password %s", who.Demo.DevicePIN, who.Demo.OfflinePIN, who.Demo.StaticPassword)}
	case world == app.DemoWorld && len(who.Providers) == 0:
		return []string{"demo PINs     none: an older version made this demo; \"" + pick.OlderDemo + "\" makes room for a new one"}
	}
	return nil
}

// marked adds a word to those of the names that are among others.
func marked(names, some []string, word string) []string {
	out := slices.Clone(names)
	for i, name := range out {
		if slices.Contains(some, name) {
			out[i] += " (" + word + ")"
		}
	}
	return out
}

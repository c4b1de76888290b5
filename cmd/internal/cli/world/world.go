package world

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// New returns the command "world" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("world", app.GroupWorld, "the simulations that are kept",
		newCreate(d), newList(d), newShow(d), newSnapshot(d),
		newRestore(d), newRepair(d), newDelete(d))
}

// oneWorld returns the home and name of a world: the one that a verb names, or
// the selected one.
func oneWorld(d *app.Deps, name string) (worlds.Home, string, error) {
	home, err := d.Home()
	if err != nil {
		return home, name, err
	}
	if asked := d.FlagWorld(); name != "" && asked != "" && asked != name {
		return home, name, app.Usage(nil, "two worlds are named: %s and %s", name, asked)
	}
	if name == "" {
		name, err = d.WorldName(home)
	}
	return home, name, err
}

// newWorldName is oneWorld for a new world: it does not default to the only
// existing one.
func newWorldName(d *app.Deps, name string) (worlds.Home, string, error) {
	if name == "" {
		name = cmp.Or(d.FlagWorld(), cmp.Or(d.Env("OFFAUTH_WORLD"), "default"))
	}
	return oneWorld(d, name)
}

// openNamed opens the world that a verb names, or the selected one.
func openNamed(ctx context.Context, d *app.Deps, name string, do func(worlds.Home, *app.World) error) error {
	home, name, err := oneWorld(d, name)
	if err != nil {
		return err
	}
	d.Flags.World, d.Flags.Demo = name, d.Flags.Demo && name == app.DemoWorld
	return d.Within(ctx, func(w *app.World) error { return do(home, w) })
}

// exposed warns of a world's files that other users may read or write: its
// database, and the identity of its vault.
func exposed(d *app.Deps, home worlds.Home, name string, kind keystore.Kind) []string {
	var identity []string
	switch {
	case kind != keystore.KindFile:
	case app.IdentityFile(d) != "":
		identity = []string{app.IdentityFile(d)}
	case name == app.DemoWorld:
		identity = []string{app.DemoIdentity(home)}
	}
	var warnings []string
	for _, path := range home.Exposed(name, identity...) {
		warnings = append(warnings, "other users may read or write "+path+"; `chmod 600 "+app.ShellWord(path)+
			"` keeps them out")
	}
	return warnings
}

type showOptions struct {
	deps *app.Deps

	name string
}

func newShow(d *app.Deps) *cobra.Command {
	o := &showOptions{deps: d}
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
			return runShow(cmd.Context(), o)
		},
	}
}

func runShow(ctx context.Context, o *showOptions) error {
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
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now,
			Warnings: exposed(d, home, w.Name, w.Store.VaultKind())}, Next: pick.NextStep(snap, pick.Concerned{}),
			Bare: []string{w.Name}}
		info := worldJSON{World: w.Name, ID: w.Store.ID(), Keystore: w.Store.VaultKind(),
			CreatedAt: app.StampOf(w.Store.CreatedAt())}
		var recorded *uint64
		recording := "no"
		if snap.Recording {
			recorded, recording = &snap.Moves, authn.Counted(snap.Moves, "action")+
				"; offauth scenario record NAME makes a scenario of them"
		}
		who := inhabitantsOf(snap)
		if w.Name == app.DemoWorld && slices.Contains(who.Providers, app.DemoProvider) {
			who.Demo = &demoJSON{app.DemoProvider, app.DemoPIN, app.DemoOfflinePIN, app.DemoPassword}
		}
		rep.Result = struct {
			worldJSON
			Folder     string `json:"folder"`
			Generation uint64 `json:"generation"`
			// Recorded is the number of recorded actions; null without a
			// recording.
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

// inhabitants lists the users and sites of a world.
type inhabitants struct {
	Users        []string `json:"users"`
	Phones       []string `json:"phones"`
	Workstations []string `json:"workstations"`
	Server       string   `json:"server_version"`
	Roaming      []string `json:"roaming"`
	Replaced     []string `json:"replaced"`
	Providers    []string `json:"providers"`
	// Demo holds the demo's constants; null in every other world.
	Demo *demoJSON `json:"demo"`
}

func inhabitantsOf(snap authn.Snapshot) inhabitants {
	in := inhabitants{Users: app.NamesOf(snap.Users, pick.UserName), Phones: []string{},
		Workstations: app.NamesOf(snap.Workstations, pick.WorkstationName),
		Roaming:      []string{}, Replaced: []string{},
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

// demoJSON holds the demo's constants.
type demoJSON struct {
	Provider   string `json:"provider"`
	DevicePIN  string `json:"device_pin"`
	OfflinePIN string `json:"offline_pin"`
	// StaticPassword is alice's; no policy of the demo requires it.
	StaticPassword string `json:"static_password"`
}

// demoPINs prints the demo's constants, or how to renew a demo that was made
// before it had any.
func demoPINs(world string, who inhabitants) []string {
	switch {
	case who.Demo != nil:
		return []string{fmt.Sprintf("demo PINs     pixel: DEVICE:PIN %s, OFFLINE:PIN %s; alice: static password %s",
			who.Demo.DevicePIN, who.Demo.OfflinePIN, who.Demo.StaticPassword)}
	case world == app.DemoWorld && len(who.Providers) == 0:
		return []string{"demo PINs     none: an older version made this demo; \"" + pick.OlderDemo +
			"\" makes room for a new one"}
	}
	return nil
}

// marked adds a word to those names that are in another list.
func marked(names, some []string, word string) []string {
	out := slices.Clone(names)
	for i, name := range out {
		if slices.Contains(some, name) {
			out[i] += " (" + word + ")"
		}
	}
	return out
}

type listOptions struct {
	deps *app.Deps
}

func newList(d *app.Deps) *cobra.Command {
	o := &listOptions{deps: d}
	return &cobra.Command{
		Use:   "list",
		Short: "list the worlds",
		Long: `List the worlds that are kept, and say of each that cannot be opened why: it was
rolled back, is damaged, or its keyring is locked. Nobody is asked for anything,
and a keyring that does not answer is not waited for.`,
		Example: `  offauth world list`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runList(cmd.Context(), o) },
	}
}

type itemJSON struct {
	worldJSON
	// Fault is why it cannot be opened, or null.
	Fault *app.FaultJSON `json:"fault"`
}

func runList(ctx context.Context, o *listOptions) error {
	d := o.deps
	home, err := d.Home()
	if err != nil {
		return err
	}
	all, err := home.List()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	rep := app.Report{}
	var items []itemJSON
	rows := [][]string{{"world", "keystore", "made", "state"}}
	for _, w := range all {
		state := "ok"
		if w.Err == nil {
			state, w.Err = condition(ctx, d, home, w.Name)
		}
		item := itemJSON{worldJSON: worldJSON{World: w.Name, ID: w.ID, Keystore: w.VaultKind,
			CreatedAt: app.StampOf(w.CreatedAt)}, Fault: faultOf(w.Err)}
		made := "-"
		if item.Fault != nil {
			state = stateWord(item.Fault) + item.Fault.Message
		}
		if !w.CreatedAt.IsZero() {
			made = w.CreatedAt.UTC().Format(time.RFC3339)
		}
		items = append(items, item)
		rows = append(rows, []string{w.Name, cmp.Or(string(w.VaultKind), "-"), made, state})
	}
	rep.Result, rep.Lines = app.ListOf(items), app.Table(rows)
	rep.Bare = app.NamesOf(all, func(i worlds.Info) string { return i.Name })
	if len(all) == 0 {
		rep.Lines, rep.Talk = nil, []string{"there is no world in " + home.Dir + " yet"}
		rep.Next = "offauth device unlock --demo"
	}
	return d.Print(rep)
}

// listTimeout limits how long the vaults of all worlds may take.
const listTimeout = 2 * time.Second

// errNotAsked means that a passphrase would have to be asked for.
var errNotAsked = errors.New("not asked")

// condition returns why a world does not open, without asking the user.
func condition(ctx context.Context, d *app.Deps, home worlds.Home, name string) (state string, fault error) {
	st, err := home.Glance(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		system := app.OSVault(d)
		if asks, ok := system.(app.Asker); ok && kind == keystore.KindOS {
			return system, asks.Locked(ctx)
		}
		if kind == keystore.KindFile && vault.HasPassphraseIdentity(home.VaultDir(), id) &&
			d.Env("OFFAUTH_PASSPHRASE") == "" {
			return nil, errNotAsked
		}
		return app.VaultOf(ctx, d, home, name, kind, id)
	})
	if err == nil {
		err = st.Err
	}
	if errors.Is(err, errNotAsked) {
		return "not looked at, as it is kept under a passphrase", nil
	}
	return "ok", err
}

// stateWord returns the word for a world's state, which comes before the
// reason.
func stateWord(f *app.FaultJSON) string {
	switch f.Code {
	case keystore.CodeRolledBack:
		return "rolled back: "
	case keystore.CodeVaultLocked:
		return "locked: "
	case keystore.CodeDamaged:
		return "damaged: "
	}
	return ""
}

// faultOf returns an error as part of a result.
func faultOf(err error) *app.FaultJSON {
	if err == nil {
		return nil
	}
	var f *authn.Fault
	if !errors.As(err, &f) {
		f = app.HostFault(err)
	}
	hint := ""
	if len(f.Hints) > 0 {
		hint = f.Hints[0]
	}
	return &app.FaultJSON{Code: f.Code, Message: app.OneLine(f.Error()), Hint: hint}
}

package world

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// NewKeystore returns the command "keystore" with all below it.
func NewKeystore(d *app.Deps) *cobra.Command {
	return app.Noun("keystore", app.GroupAlso, "where a world's keys lie",
		newKeystoreStatus(d), newKeystoreMove(d), newKeystoreWipe(d))
}

// existing returns the home and name of an existing world: the one that a verb
// names, or the selected one. Hints name it as the verb does.
func existing(d *app.Deps, given string) (worlds.Home, string, error) {
	home, name, err := oneWorld(d, given)
	if err != nil {
		return home, name, err
	}
	if given != "" {
		d.Flags.World, d.Flags.Demo = name, d.Flags.Demo && name == app.DemoWorld
	}
	if !home.Exists(name) {
		return home, name, &app.Failure{World: name, Err: app.NoWorld(home, name)}
	}
	return home, name, nil
}

// vaultsOf returns a function that opens each of a world's vaults once, so that
// a passphrase is asked for only once.
func vaultsOf(ctx context.Context, d *app.Deps, home worlds.Home, world string) func(keystore.Kind,
	string) (keystore.Vault, error) {
	type place struct {
		kind keystore.Kind
		id   string
	}
	opened := map[place]keystore.Vault{}
	return func(kind keystore.Kind, id string) (keystore.Vault, error) {
		at := place{kind, id}
		if v := opened[at]; v != nil {
			return v, nil
		}
		v, err := app.VaultOf(ctx, d, home, world, kind, id)
		if err == nil {
			opened[at] = v
		}
		return v, err
	}
}

// whereabouts returns where a world's keys are, and which vault may hold
// remains of a killed move, without asking any vault.
func whereabouts(ctx context.Context, home worlds.Home, world string) (worlds.Status, error) {
	return home.Status(ctx, world, func(keystore.Kind, string) (keystore.Vault, error) {
		return nil,
			keystore.ErrUnavailable
	})
}

// guard words what a vault protects against, and what it does not.
func guard(kind keystore.Kind, thrownAway bool) []string {
	switch {
	case thrownAway:
		return []string{"It guards nothing from who reads this folder, for the identity lies in it.",
			"It is meant for the demo, and for nothing else."}
	case kind == keystore.KindOS:
		return []string{"Who copies the world's folder, or this whole disk, cannot open the world without your keyring.",
			"It does not hold against a program that runs as you while the keyring is unlocked."}
	}
	return []string{"Who copies the world's folder and this vault cannot open the world without the identity or " +
		"its passphrase.",
		"It does not hold against who has both, nor notice when vault and world are copied back from an earlier day " +
			"together."}
}

type keystoreStatusOptions struct {
	deps *app.Deps
}

func newKeystoreStatus(d *app.Deps) *cobra.Command {
	o := &keystoreStatusOptions{deps: d}
	return &cobra.Command{
		Use:   "status",
		Short: "show where a world's keys lie, and whether they are all there",
		Long: `Show which vault keeps a world's keys, how fast it answers, what lies in it,
and what it protects against. It changes nothing, and shows what it can when
the vault or the database is broken.

A world has two items in its vault: ID/key, which opens it, and ID/gen, which
knows the newest state, so that an old copy is not taken for the world.`,
		Example: `  offauth keystore status`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runKeystoreStatus(cmd.Context(), o) },
	}
}

type keystoreItemJSON struct {
	Item  string           `json:"item"`
	State worlds.ItemState `json:"state"`
	Size  int              `json:"size"`
}

type keystoreStatusJSON struct {
	World    string        `json:"world"`
	ID       string        `json:"id"`
	Keystore keystore.Kind `json:"keystore"`
	// Also is the kind of vault that may hold remains of a killed move.
	Also  keystore.Kind      `json:"also"`
	Place string             `json:"place"`
	Items []keystoreItemJSON `json:"items"`
	// Took is null if the vault did not answer.
	Took       *float64       `json:"took_seconds"`
	Generation uint64         `json:"generation"`
	Newest     uint64         `json:"newest"`
	Protects   []string       `json:"protects"`
	Fault      *app.FaultJSON `json:"fault"`
}

func runKeystoreStatus(ctx context.Context, o *keystoreStatusOptions) error {
	d := o.deps
	home, name, err := existing(d, "")
	if err != nil {
		return err
	}
	st, err := home.Status(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return app.Vault(ctx, d, home, name, kind, id)
	})
	if err == nil {
		// A usage error or a cancelled command is not a state of a vault.
		if f, ok := authn.AsFault(st.Err); ok && (f.Code == app.CodeUsage || f.Code == app.CodeCancelled) ||
			ctx.Err() != nil {
			err = st.Err
		}
	}
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	return d.Print(keystoreReport(d, home, st))
}

func keystoreReport(d *app.Deps, home worlds.Home, st worlds.Status) app.Report {
	place, thrownAway := place(d, home, st)
	r := keystoreStatusJSON{World: st.World, ID: st.ID, Keystore: st.Kind, Also: st.Also, Place: place,
		Items:      []keystoreItemJSON{},
		Generation: st.Generation, Newest: st.Newest, Protects: []string{}, Fault: faultOf(st.Err)}
	rep := app.Report{World: st.World, Bare: []string{string(st.Kind)}}
	rep.Outcome.Warnings = exposed(d, home, st.World, st.Kind)
	rows := [][]string{{"world", st.World}, {"vault", cmp.Or(place, "not known")}}
	if answered(st) {
		seconds := st.Took.Seconds()
		r.Took = &seconds
		rows = append(rows, []string{"answers", "in " + st.Took.Round(10*time.Microsecond).String()})
	}
	for i, item := range st.Items {
		r.Items = append(r.Items, keystoreItemJSON{Item: item.Name, State: item.State, Size: item.Size})
		text := string(item.State)
		if item.State == worlds.ItemPresent {
			text = fmt.Sprintf("present, %d bytes", item.Size)
		}
		rows = append(rows, []string{[]string{"key", "gen"}[i%2], text + " (" + item.Name + ")"})
	}
	if st.Also != "" {
		rows = append(rows, []string{"left", "a move was cut short: something may still lie in the vault of the kind " +
			string(st.Also)})
		rep.Hints = append(rep.Hints, "offauth keystore move --to "+string(st.Kind))
	}
	if st.Kind != "" {
		r.Protects = guard(st.Kind, thrownAway)
		rows = append(rows, []string{"protects", r.Protects[0]}, []string{"", r.Protects[1]})
	}
	state := "the world opens"
	if r.Fault != nil {
		state = "the world does not open: " + r.Fault.Message
		rep.Hints = append(rep.Hints, statusHints(d, st)...)
	}
	rows = append(rows, []string{"state", state})
	for _, row := range rows {
		rep.Lines = append(rep.Lines, strings.TrimRight(fmt.Sprintf("%-10s%s", row[0], row[1]), " "))
	}
	rep.Result = r
	return rep
}

// answered reports whether the vault answered about the key.
func answered(st worlds.Status) bool {
	return len(st.Items) > 0 && st.Items[0].State != worlds.ItemUnknown
}

// statusHints returns the error's hints without the one that suggests this
// command. A missing generation is repaired like a rolled back one.
func statusHints(d *app.Deps, st worlds.Status) []string {
	f, ok := authn.AsFault(st.Err)
	if !ok {
		return nil
	}
	var hints []string
	if len(st.Items) == 2 && st.Items[0].State == worlds.ItemPresent &&
		(st.Items[1].State == worlds.ItemMissing || st.Items[1].State == worlds.ItemDamaged) {
		hints = []string{"offauth world repair " + st.World + " --accept-rollback"}
	}
	for _, h := range keystore.Named(f.Hints, st.World) {
		if h != "offauth keystore status" {
			hints = append(hints, h)
		}
	}
	return hints
}

// place returns where a world's items are and what opens them, and whether that
// is the demo's throw-away identity.
func place(d *app.Deps, home worlds.Home, st worlds.Status) (text string, thrownAway bool) {
	switch {
	case st.Kind == keystore.KindOS:
		return "os: the keyring of the operating system, service offauth", false
	case st.Kind != keystore.KindFile:
		return string(st.Kind), false
	}
	text = "file: " + home.VaultDir()
	switch {
	case d.Flags.Identity != "":
		return text + ", opened with the identity " + d.Flags.Identity, false
	case vault.HasPassphraseIdentity(home.VaultDir(), st.ID):
		return text + ", under a passphrase", false
	case st.World == app.DemoWorld && app.IsFile(app.DemoIdentity(home)):
		return text + ", under the throw-away identity " + app.DemoIdentity(home), true
	case app.IdentityFile(d) != "":
		return text + ", opened with the identity " + app.IdentityFile(d), false
	}
	return text, false
}

type keystoreMoveOptions struct {
	deps *app.Deps

	to string
}

func newKeystoreMove(d *app.Deps) *cobra.Command {
	o := &keystoreMoveOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "move --to {os | file}",
		Short: "move a world's keys to another vault",
		Long: `Move a world's keys to the keyring of the operating system, or to files: those
are encrypted to an age identity (--identity FILE or OFFAUTH_IDENTITY; the file
is made if it is not there) or lie under a passphrase (OFFAUTH_PASSPHRASE, else
it is asked for).

The world opens at every moment of it. A move that was cut short leaves copies
in both vaults; running it again finishes it. The key stays the same, so who
copied the old vault can still open the world.`,
		Example: `  offauth keystore move --to os
  offauth keystore move --to file --identity lab-identity.txt`,
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch kind := keystore.Kind(o.to); {
			case kind == "":
				return app.Usage([]string{cmd.CommandPath() + " --to file", cmd.CommandPath() + " --to os"},
					"say which vault: --to os or --to file")
			case !kind.Known():
				return app.UnknownKind(kind)
			case kind == keystore.KindMemory:
				return app.NotInMemory()
			}
			return runKeystoreMove(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.to, "to", "", "the `KIND` of vault that the keys go to: os or file")
	return cmd
}

type keystoreMoveJSON struct {
	World string        `json:"world"`
	From  keystore.Kind `json:"from"`
	To    keystore.Kind `json:"to"`
	// Moved is false if the keys were there already.
	Moved bool `json:"moved"`
	// Finished reports whether an earlier move was interrupted and is now
	// complete.
	Finished bool `json:"finished"`
}

func runKeystoreMove(ctx context.Context, o *keystoreMoveOptions) error {
	d := o.deps
	home, name, err := existing(d, "")
	if err != nil {
		return err
	}
	before, err := whereabouts(ctx, home, name)
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	to := keystore.Kind(o.to)
	if before.Kind == "" {
		return &app.Failure{World: name, Err: before.Err}
	}
	if d.Flags.Keystore != "" && keystore.Kind(d.Flags.Keystore) != before.Kind {
		return &app.Failure{World: name, Err: app.Contradicted(d, name, before.Kind)}
	}
	var said []string
	if err := move(ctx, d, home, before, to, func(text string) { said = append(said, text) }); err != nil {
		return &app.Failure{World: name, Err: cutShort(ctx, d, home, name, to, err)}
	}
	r := keystoreMoveJSON{World: name, From: before.Kind, To: to, Moved: before.Kind != to, Finished: before.Also != ""}
	rep := app.Report{World: name, Result: r, Bare: []string{string(to)}, Talk: said, Next: "offauth keystore status"}
	switch {
	case r.Moved:
		rep.Lines = []string{"world " + name + ": its keys were moved from " + string(before.Kind) + " to " + string(to)}
	case r.Finished:
		rep.Lines = []string{"world " + name + ": its keys lie in " + string(to) + "; what an earlier move had left in " +
			string(before.Also) + " was cleared"}
	default:
		rep.Lines = []string{"world " + name + ": its keys lie in " + string(to) + " already"}
	}
	if d.Flags.JSON {
		rep.Outcome.Warnings = said
	}
	if to == keystore.KindOS {
		d.Flags.Identity = "" // which opens it no longer
	}
	return d.Print(rep)
}

// move moves the items of a status's world.
func move(ctx context.Context, d *app.Deps, home worlds.Home, before worlds.Status, to keystore.Kind,
	say func(string)) error {
	open := vaultsOf(ctx, d, home, before.World)
	var next keystore.Vault
	err := home.Move(ctx, before.World, to, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		if kind != to || kind == before.Kind || kind == keystore.KindFile &&
			vault.HasPassphraseIdentity(home.VaultDir(), id) {
			return open(kind, id)
		}
		if next != nil {
			return next, nil
		}
		v, err := app.NewVault{Deps: d, Home: home, World: before.World, Kind: kind,
			Command: "offauth keystore move --to file", Say: say}.Of(ctx, id)
		if err == nil {
			next = v
		}
		return v, err
	})
	if _, bad := app.KeyringTrouble(err); bad && to == keystore.KindOS && before.Kind == keystore.KindFile {
		f, _ := authn.AsFault(err)
		stays := *f
		stays.Hints = nil
		for _, h := range f.Hints {
			if h != "offauth keystore status" && !strings.HasPrefix(h, "offauth world create") {
				stays.Hints = append(stays.Hints, h)
			}
		}
		stays.Hints = append(stays.Hints, "the world still opens as before: `offauth keystore status`")
		return &stays
	}
	return err
}

// cutShort adds to an error how to go on if the move had begun.
func cutShort(ctx context.Context, d *app.Deps, home worlds.Home, name string, to keystore.Kind, err error) error {
	now, statusErr := whereabouts(context.WithoutCancel(ctx), home, name)
	if statusErr != nil || now.Also == "" {
		return err
	}
	again := []string{"offauth keystore move --to " + string(to),
		"the world opens as it is; running the move again finishes it"}
	if f, ok := authn.AsFault(err); ok {
		half := *f
		half.Hints = append(again, f.Hints...)
		return &half
	}
	if errors.Is(err, context.Canceled) {
		f := app.Cancelled()
		f.Hints = again
		return f
	}
	return err
}

type keystoreWipeOptions struct {
	deps *app.Deps

	force bool
}

func newKeystoreWipe(d *app.Deps) *cobra.Command {
	o := &keystoreWipeOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "wipe",
		Short: "delete a world's keys, so that nobody can open it again",
		Long: `Delete all that vaults keep for a world: its key, its generation, and the
identity that lies under its passphrase. An identity file of yours stays. The
world's folder stays too, and nobody can ever open it. The world's name must be
typed again, or --force given.

"offauth world delete" deletes the keys and the folder.`,
		Example: `  offauth keystore wipe --world demo --force`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runKeystoreWipe(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.force, "force", false, "do not ask; the world must be named")
	return cmd
}

func runKeystoreWipe(ctx context.Context, o *keystoreWipeOptions) error {
	d := o.deps
	isNamed := d.FlagWorld() != "" || d.Env("OFFAUTH_WORLD") != ""
	home, name, err := existing(d, "")
	if err != nil {
		return err
	}
	if err := wipe(ctx, d, home, name, o.force, isNamed); err != nil {
		return &app.Failure{World: name, Err: err}
	}
	return d.Print(app.Report{World: name, Result: map[string]string{"wiped": name},
		Next:  "offauth world delete " + name + " --force",
		Lines: []string{"world " + name + ": its keys are gone from every vault; nobody can open it again"}})
}

func wipe(ctx context.Context, d *app.Deps, home worlds.Home, name string, force, isNamed bool) error {
	if force && !isNamed {
		return app.Usage([]string{"offauth keystore wipe --world " + name + " --force"},
			"--force needs the world's name: there is no default for this")
	}
	if !force {
		question := "this deletes the keys of the world " + name + ", and nobody can open it again. type its name to go on: "
		if err := typedAgain(ctx, d, name, question, "offauth keystore wipe --world "+name+" --force"); err != nil {
			return err
		}
	}
	return home.Wipe(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return app.Vault(ctx, d, home, name, kind, id)
	})
}

// typedAgain asks the person at the terminal to type a name again.
func typedAgain(ctx context.Context, d *app.Deps, name, question, force string) error {
	if !d.Streams.Interactive() {
		return app.Usage([]string{force}, "there is no terminal to ask whether you are sure")
	}
	typed, err := d.Prompt.Line(ctx, question)
	if err != nil {
		return err
	}
	if typed != name {
		return app.Cancelled()
	}
	return nil
}

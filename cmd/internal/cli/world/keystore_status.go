package world

import (
	"cmp"
	"context"
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

type keystoreStatusOptions struct {
	deps *app.Deps
}

func newKeystoreStatusCmd(d *app.Deps) *cobra.Command {
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
	// Also is the kind of vault in which a killed move may have left something.
	Also  keystore.Kind      `json:"also"`
	Place string             `json:"place"`
	Items []keystoreItemJSON `json:"items"`
	// Took is null where the vault did not answer.
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
		// What cannot be meant, or was given up, is no state of a vault.
		if f, ok := authn.AsFault(st.Err); ok && (f.Code == app.CodeUsage || f.Code == app.CodeCancelled) || ctx.Err() != nil {
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
	r := keystoreStatusJSON{World: st.World, ID: st.ID, Keystore: st.Kind, Also: st.Also, Place: place, Items: []keystoreItemJSON{},
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
		rows = append(rows, []string{"left", "a move was cut short: something may still lie in the vault of the kind " + string(st.Also)})
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

// answered reports whether the vault said anything about the key.
func answered(st worlds.Status) bool {
	return len(st.Items) > 0 && st.Items[0].State != worlds.ItemUnknown
}

// statusHints are those of what is wrong, without the one that asks for this
// command. A generation that is gone is mended as one that was put back is.
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

// place says where a world's items lie and what opens them, and whether that
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

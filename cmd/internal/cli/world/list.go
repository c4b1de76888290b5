package world

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

type worldListOptions struct {
	deps *app.Deps
}

func newWorldListCmd(d *app.Deps) *cobra.Command {
	o := &worldListOptions{deps: d}
	return &cobra.Command{
		Use:   "list",
		Short: "list the worlds",
		Long: `List the worlds that are kept, and say of each that cannot be opened why: it was
rolled back, is damaged, or its keyring is locked. Nobody is asked for anything,
and a keyring that does not answer is not waited for.`,
		Example: `  offauth world list`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runWorldList(cmd.Context(), o) },
	}
}

type worldItemJSON struct {
	worldJSON
	// Fault says why it cannot be opened, or is null.
	Fault *app.FaultJSON `json:"fault"`
}

func runWorldList(ctx context.Context, o *worldListOptions) error {
	d := o.deps
	home, err := d.Home()
	if err != nil {
		return err
	}
	all, err := home.List()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	rep := app.Report{}
	var items []worldItemJSON
	rows := [][]string{{"world", "keystore", "made", "state"}}
	for _, w := range all {
		state := "ok"
		if w.Err == nil {
			state, w.Err = condition(ctx, d, home, w.Name)
		}
		item := worldItemJSON{worldJSON: worldJSON{World: w.Name, ID: w.ID, Keystore: w.VaultKind, CreatedAt: app.StampOf(w.CreatedAt)}, Fault: faultOf(w.Err)}
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

// listPatience is how long the vaults of all worlds may take.
const listPatience = 2 * time.Second

// errNotAsked says that somebody would have to be asked for a passphrase.
var errNotAsked = errors.New("not asked")

// condition says why a world does not open, without asking anybody.
func condition(ctx context.Context, d *app.Deps, home worlds.Home, name string) (state string, fault error) {
	st, err := home.Glance(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		system := app.OSVault(d)
		if asks, ok := system.(app.Asker); ok && kind == keystore.KindOS {
			return system, asks.Locked(ctx)
		}
		if kind == keystore.KindFile && vault.HasPassphraseIdentity(home.VaultDir(), id) && d.Env("OFFAUTH_PASSPHRASE") == "" {
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

// stateWord is the word for a world's state that comes before the reason.
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

// faultOf is an error as a part of a result.
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

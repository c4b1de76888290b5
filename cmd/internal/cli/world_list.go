package cli

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

type worldListOptions struct {
	deps *Deps
}

func newWorldListCmd(d *Deps) *cobra.Command {
	o := &worldListOptions{deps: d}
	return &cobra.Command{
		Use:   "list",
		Short: "list the worlds",
		Long: `List the worlds that are kept, and say of each that cannot be opened why: it was
rolled back, is damaged, or its keyring is locked. Nobody is asked for anything,
and a keyring that does not answer is not waited for.`,
		Example: `  offauth world list`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runWorldList(cmd.Context(), o) },
	}
}

type worldItemJSON struct {
	worldJSON
	// Fault says why it cannot be opened, or is null.
	Fault *faultJSON `json:"fault"`
}

func runWorldList(ctx context.Context, o *worldListOptions) error {
	d := o.deps
	home, err := d.home()
	if err != nil {
		return err
	}
	worlds, err := home.List()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, listPatience)
	defer cancel()
	rep := report{}
	var items []worldItemJSON
	rows := [][]string{{"world", "keystore", "made", "state"}}
	for _, w := range worlds {
		state := "ok"
		if w.Err == nil {
			state, w.Err = d.condition(ctx, home, w.Name)
		}
		item := worldItemJSON{worldJSON: worldJSON{World: w.Name, ID: w.ID, Keystore: w.VaultKind, CreatedAt: stampOf(w.CreatedAt)}, Fault: faultOf(w.Err)}
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
	rep.result, rep.lines = listOf(items), table(rows)
	rep.bare = names(worlds, func(i keystore.Info) string { return i.Name })
	if len(worlds) == 0 {
		rep.lines, rep.talk = nil, []string{"there is no world in " + home.Dir + " yet"}
		rep.next = "offauth device unlock --demo"
	}
	return d.print(rep)
}

// listPatience is how long the vaults of all worlds may take.
const listPatience = 2 * time.Second

// errNotAsked says that somebody would have to be asked for a passphrase.
var errNotAsked = errors.New("not asked")

// condition says why a world does not open, without asking anybody.
func (d *Deps) condition(ctx context.Context, home keystore.Home, name string) (state string, fault error) {
	st, err := home.Glance(ctx, name, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		vault := d.osVault()
		if asks, ok := vault.(asking); ok && kind == keystore.KindOS {
			return vault, asks.Locked(ctx)
		}
		if kind == keystore.KindFile && keystore.HasPassphraseIdentity(home.VaultDir(), id) && d.env("OFFAUTH_PASSPHRASE") == "" {
			return nil, errNotAsked
		}
		return d.vaultOf(ctx, home, name, kind, id)
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
func stateWord(f *faultJSON) string {
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
func faultOf(err error) *faultJSON {
	if err == nil {
		return nil
	}
	var f *authn.Fault
	if !errors.As(err, &f) {
		f = surroundings(err)
	}
	hint := ""
	if len(f.Hints) > 0 {
		hint = f.Hints[0]
	}
	return &faultJSON{Code: f.Code, Message: oneLine(f.Error()), Hint: hint}
}

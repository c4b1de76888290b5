package cli

import (
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

func newWorldListCmd(d *Deps, runF func(context.Context, *worldListOptions) error) *cobra.Command {
	o := &worldListOptions{deps: d}
	return &cobra.Command{
		Use:   "list",
		Short: "list the worlds",
		Long: `List the worlds that are kept, those that cannot be opened included. It needs
no vault.`,
		Example: `  offauth world list`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd, o, runF, runWorldList) },
	}
}

type worldItemJSON struct {
	worldJSON
	// Fault says why it cannot be opened, or is null.
	Fault *faultJSON `json:"fault"`
}

func runWorldList(_ context.Context, o *worldListOptions) error {
	d := o.deps
	home, err := d.home()
	if err != nil {
		return err
	}
	worlds, err := home.List()
	if err != nil {
		return err
	}
	rep := report{}
	var items []worldItemJSON
	rows := [][]string{{"world", "keystore", "made", "state"}}
	for _, w := range worlds {
		item := worldItemJSON{worldJSON: worldJSON{World: w.Name, ID: w.ID, Keystore: w.VaultKind, CreatedAt: stampOf(w.CreatedAt)}, Fault: faultOf(w.Err)}
		state, made := "ok", "-"
		if item.Fault != nil {
			state = item.Fault.Message
		}
		if !w.CreatedAt.IsZero() {
			made = w.CreatedAt.UTC().Format(time.RFC3339)
		}
		items = append(items, item)
		rows = append(rows, []string{w.Name, orName(string(w.VaultKind), "-"), made, state})
	}
	rep.result, rep.lines = listOf(items), table(rows)
	rep.bare = names(worlds, func(i keystore.Info) string { return i.Name })
	if len(worlds) == 0 {
		rep.lines, rep.talk = nil, []string{"there is no world in " + home.Dir + " yet"}
		rep.next = "offauth device unlock --demo"
	}
	return d.print(rep)
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

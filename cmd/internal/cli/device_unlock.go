package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/tui/bigpin"
)

type deviceUnlockOptions struct {
	deps *Deps

	who
	workstation string
	next        bool
}

func newDeviceUnlockCmd(d *Deps) *cobra.Command {
	o := &deviceUnlockOptions{deps: d}
	cmd := &cobra.Command{
		Use: "unlock [workstation]", SuggestFor: []string{"pin", "pins"},
		Short: "show the next offline PIN for a workstation",
		Long: `Press long on a workstation's icon and choose Unlock Computer: the phone shows
the next offline PIN (H17), and so spends it (H20). While one is visible it is
that one again, and nothing is spent (H19); --next hides it for the next.

On a terminal the PIN stands large for as long as the phone shows it (H18), or
until Enter or Ctrl-C. A signal wipes it too, with exit code 3; Ctrl-Z puts it
away until "fg". Elsewhere, and where it has no room, it is one line; with -q
the PIN alone.`,
		Example: `  offauth device unlock
  offauth device unlock LAPTOP-7 --json
  offauth device unlock --next -q
  offauth device unlock -q | offauth workstation login --stdin`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = arg(args, 0)
			return runDeviceUnlock(cmd.Context(), o)
		},
	}
	o.bindPhone(cmd)
	cmd.Flags().BoolVar(&o.next, "next", false, "hide the PIN that is visible, and show the next")
	return cmd
}

type unlockJSON struct {
	Workstation string `json:"workstation"`
	Phone       string `json:"phone"`
	User        string `json:"user"`
	PIN         string `json:"pin"`
	Left        int    `json:"left"`
	Of          int    `json:"of"`
	Via         string `json:"via"`
	Same        bool   `json:"same"`
	Used        bool   `json:"used"`
	ShownAt     *stamp `json:"shown_at"`
	HiddenAt    *stamp `json:"hidden_at"`
	ExpiresAt   *stamp `json:"expires_at"`
	Simulated   bool   `json:"simulated"`
}

// simulatedPIN is said beside every PIN on show (rule A10).
const simulatedPIN = "simulated: HYPR's own PIN format is not public; this one is offauth's (A10)"

func runDeviceUnlock(ctx context.Context, o *deviceUnlockOptions) error {
	d := o.deps
	if err := d.heard(); err != nil {
		return err
	}
	var rep report
	large := !d.Flags.JSON && !d.Flags.Quiet && d.wholeScreen()
	err := d.within(ctx, func(w *World) error {
		t, err := d.icon(ctx, w, o.who, o.workstation, paired)
		if err != nil {
			return err
		}
		out, err := w.act(ctx, hypr.Unlock{Phone: t.phone, Workstation: t.workstation, Next: o.next})
		if err != nil {
			return err
		}
		shown, err := resultOf[hypr.UnlockResult](out)
		if err != nil {
			return err
		}
		used := false
		if shown.Same {
			if used, err = w.PINUsed(ctx, shown.Workstation, shown.User, shown.PIN); err != nil {
				return err
			}
		}
		rep = d.unlockReport(w, out, shown, used)
		if cols, rows, known := d.Size(); large && known && bigpin.Fits(cardOf(shown, used), cols, rows) {
			rep, err = d.showLarge(ctx, w, rep, shown, used)
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.print(rep)
}

// unlockReport words a PIN on show.
func (d *Deps) unlockReport(w *World, out authn.Outcome, r hypr.UnlockResult, used bool) report {
	pin := r.PIN.Reveal()
	rep := report{
		world: w.Name, outcome: out, bare: []string{pin},
		lines: []string{fmt.Sprintf("%s  (%s for %s: %s)", pin, r.Workstation, r.User, d.stock(out, r))},
		talk:  []string{simulatedPIN},
		hints: []string{"offauth workstation login " + r.Workstation},
		result: unlockJSON{
			Workstation: r.Workstation, Phone: r.Phone, User: r.User, PIN: pin,
			Left: r.Left, Of: r.Of, Via: r.Via, Same: r.Same, Used: used,
			ShownAt: stampOf(r.ShownAt), HiddenAt: stampOf(r.HiddenAt), ExpiresAt: stampOf(r.ExpiresAt), Simulated: true},
	}
	if r.Low {
		rep.outcome.Warnings = append(rep.outcome.Warnings, lowText(r))
	}
	if r.Same {
		rep.notes = []string{sameText}
		if used {
			rep.notes, rep.hints = []string{usedText(r.Workstation)}, nil
		}
		rep.hints = append(rep.hints, "for the next one: `offauth device unlock "+r.Workstation+" --next`")
	}
	return rep
}

// usedText is said of a PIN that is shown again though nobody can use it.
func usedText(ws string) string {
	return "it is the same PIN as before, and has unlocked " + ws +
		" already (the simulator knows, a phone cannot: H20); --next gives the next one"
}

// sameText is said of a PIN that is shown again.
const sameText = "it is the same PIN as before, still visible: nothing was spent (H19); --next gives the next one"

// lowText is the phone's warning that its PINs run low (H28).
func lowText(r hypr.UnlockResult) string {
	const remedy = "an online login brings new ones"
	switch r.Left {
	case 0:
		return "this is the last PIN for " + r.Workstation + "; " + remedy
	case 1:
		return "only 1 PIN is left for " + r.Workstation + "; " + remedy
	}
	return fmt.Sprintf("only %d PINs are left for %s; %s", r.Left, r.Workstation, remedy)
}

// stock says how many PINs are left and how long they live.
func (d *Deps) stock(out authn.Outcome, r hypr.UnlockResult) string {
	return fmt.Sprintf("%d of %d left, hidden %s, expires %s", r.Left, r.Of, d.when(r.HiddenAt, out.At), d.when(r.ExpiresAt, out.At))
}

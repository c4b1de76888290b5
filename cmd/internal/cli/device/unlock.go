package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/tui/bigpin"
)

type unlockOptions struct {
	deps *app.Deps

	app.Who
	workstation string
	next        bool
}

func newUnlock(d *app.Deps) *cobra.Command {
	o := &unlockOptions{deps: d}
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
		Annotations: app.Takes("workstation"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runUnlock(cmd.Context(), o)
		},
	}
	o.Bind(cmd)
	cmd.Flags().BoolVar(&o.next, "next", false, "hide the PIN that is visible, and show the next")
	return cmd
}

type unlockJSON struct {
	Workstation string     `json:"workstation"`
	Phone       string     `json:"phone"`
	User        string     `json:"user"`
	PIN         string     `json:"pin"`
	Left        int        `json:"left"`
	Of          int        `json:"of"`
	Via         string     `json:"via"`
	Same        bool       `json:"same"`
	Used        bool       `json:"used"`
	ShownAt     *app.Stamp `json:"shown_at"`
	HiddenAt    *app.Stamp `json:"hidden_at"`
	ExpiresAt   *app.Stamp `json:"expires_at"`
	Simulated   bool       `json:"simulated"`
}

// simulatedPIN is printed beside every PIN (rule A10).
const simulatedPIN = "simulated: HYPR's own PIN format is not public; this one is offauth's (A10)"

func runUnlock(ctx context.Context, o *unlockOptions) error {
	d := o.deps
	if err := d.NeedStdout(); err != nil {
		return err
	}
	var rep app.Report
	large := !d.Flags.JSON && !d.Flags.Quiet && wholeScreen(d)
	err := d.Within(ctx, func(w *app.World) error {
		t, err := icon(ctx, d, w, o.Who, o.workstation, paired)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, hypr.Unlock{Phone: t.phone, Workstation: t.workstation, Next: o.next})
		if err != nil {
			return err
		}
		shown, err := app.ResultOf[hypr.UnlockResult](out)
		if err != nil {
			return err
		}
		used := false
		if shown.Same {
			if used, err = pinUsed(ctx, w, shown); err != nil {
				return err
			}
		}
		rep = unlockReport(d, w, out, shown, used)
		if cols, rows, known := d.Size(); large && known && bigpin.Fits(cardOf(shown, used), cols, rows) {
			rep, err = showLarge(ctx, d, w, rep, shown, used)
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.Print(rep)
}

// unlockReport words the PIN.
func unlockReport(d *app.Deps, w *app.World, out authn.Outcome, r hypr.UnlockResult, used bool) app.Report {
	pin := r.PIN.Reveal()
	rep := app.Report{
		World: w.Name, Outcome: out, Bare: []string{pin},
		Lines: []string{fmt.Sprintf("%s  (%s for %s: %s)", pin, r.Workstation, r.User, stock(d, out, r))},
		Talk:  []string{simulatedPIN},
		Hints: []string{"offauth workstation login " + r.Workstation},
		Result: unlockJSON{
			Workstation: r.Workstation, Phone: r.Phone, User: r.User, PIN: pin,
			Left: r.Left, Of: r.Of, Via: r.Via, Same: r.Same, Used: used,
			ShownAt: app.StampOf(r.ShownAt), HiddenAt: app.StampOf(r.HiddenAt), ExpiresAt: app.StampOf(r.ExpiresAt),
			Simulated: true},
	}
	if r.Low {
		rep.Outcome.Warnings = append(rep.Outcome.Warnings, lowText(r))
	}
	if r.Same {
		rep.Notes = []string{sameText}
		if used {
			rep.Notes, rep.Hints = []string{usedText(r.Workstation)}, nil
		}
		rep.Hints = append(rep.Hints, "for the next one: `offauth device unlock "+r.Workstation+" --next`")
	}
	return rep
}

// usedText is printed beside a repeated PIN that no longer works.
func usedText(ws string) string {
	return "it is the same PIN as before, and has unlocked " + ws +
		" already (the simulator knows, a phone cannot: H20); --next gives the next one"
}

// sameText is printed beside a repeated PIN.
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
func stock(d *app.Deps, out authn.Outcome, r hypr.UnlockResult) string {
	return fmt.Sprintf("%d of %d left, hidden %s, expires %s", r.Left, r.Of, d.When(r.HiddenAt, out.At),
		d.When(r.ExpiresAt, out.At))
}

// pinUsed reports whether a PIN that a phone shows has unlocked its workstation.
func pinUsed(ctx context.Context, w *app.World, shown hypr.UnlockResult) (used bool, err error) {
	err = w.Read(ctx, func(s family.Sites) error {
		used, err = hypr.PINUsed(s, shown.Workstation, shown.User, shown.PIN)
		return err
	})
	return used, err
}

package device

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
)

type tapOptions struct {
	deps *app.Deps

	app.Who
	workstation string
	press       string
}

func newTap(d *app.Deps) *cobra.Command {
	o := &tapOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "tap [workstation]",
		Short: "tap a workstation's icon: an online login, else the offer of a PIN",
		Long: `Tap a workstation's icon on the phone. If phone, server and workstation can
talk, the workstation unlocks online and brings new offline PINs (H31, H32).

Otherwise the phone offers the offline PIN: at once if it has no internet
(H16), or when the workstation has not answered for five seconds (H15). The
command waits that long; Ctrl-C gives the tap up. While the clock is frozen it
returns at once, and "offauth clock advance 5s" lets the time pass. A long
press goes straight to the offer (H17). A tap never spends a PIN.`,
		Example: `  offauth device tap LAPTOP-7
  offauth device tap --json`,
		Annotations: app.Takes("workstation"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			if o.press != "short" && o.press != "long" {
				return app.Usage([]string{"offauth device tap --press long"}, "a press is short or long, not %q", o.press)
			}
			return runTap(cmd.Context(), o)
		},
	}
	o.Bind(cmd)
	cmd.Flags().StringVar(&o.press, "press", "short", "`HOW`: {short | long}, long for the offer")
	return cmd
}

type tapJSON struct {
	Phone       string     `json:"phone"`
	Workstation string     `json:"workstation"`
	User        string     `json:"user"`
	Outcome     string     `json:"outcome"`
	Reason      string     `json:"reason"`
	Notice      string     `json:"notice"`
	Left        int        `json:"left"`
	Of          int        `json:"of"`
	ExpiresAt   *app.Stamp `json:"expires_at"`
	// Message explains an outcome without a PIN.
	Message string `json:"message"`
	// Lost reports whether a new set was made and did not reach the phone.
	Lost bool `json:"lost"`
}

func runTap(ctx context.Context, o *tapOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		t, err := icon(ctx, d, w, o.Who, o.workstation, paired)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, hypr.Tap{Phone: t.phone, Workstation: t.workstation, Long: o.press == "long"})
		if err != nil {
			return err
		}
		if out.Pending != nil {
			if out, err = wait(ctx, d, w, t.phone, t.workstation, out); err != nil {
				return err
			}
		}
		r, err := app.ResultOf[hypr.TapResult](out)
		if err != nil {
			return err
		}
		rep := tapReport(d, w, out, r)
		if r.Outcome == hypr.TapLogin && r.Expired {
			if err := warnOfClocks(ctx, d, w, &rep, r); err != nil {
				return err
			}
		}
		return d.Print(rep)
	})
}

// warnOfClocks warns if a clock is the reason that new PINs have expired
// already.
func warnOfClocks(ctx context.Context, d *app.Deps, w *app.World, rep *app.Report, r hypr.TapResult) error {
	phone, ws := authn.Phone(r.Phone), authn.Workstation(r.Workstation)
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{phone}})
	warning := fmt.Sprintf("the new PINs have expired already by %s's clock", r.Phone)
	rep.Hints, rep.Next = nil, ""
	for _, c := range snap.ClocksOff {
		if c.Site == phone || c.Site == ws {
			warning += "; " + c.String()
			rep.Hints = append(rep.Hints, c.Repair())
		}
	}
	rep.Hints = append(rep.Hints, "offauth device tap "+r.Workstation)
	rep.Outcome.Warnings = append(rep.Outcome.Warnings, warning)
	return err
}

// lookAgain is how often a waiting command looks at the world.
const lookAgain = 100 * time.Millisecond

// wait waits for the end of a tap, without the world's lock, so that others can
// act. It returns at once if the clock is frozen.
func wait(ctx context.Context, d *app.Deps, w *app.World, phone, ws string, out authn.Outcome) (authn.Outcome, error) {
	id, said := out.Pending.ID, -1
	scope := authn.Scope{Sites: []authn.Site{authn.Phone(phone)}}
	// Reads are not interrupted; check for Ctrl-C between them.
	reading := context.WithoutCancel(ctx)
	defer d.EndProgress()
	for {
		snap, err := w.Snapshot(reading, scope)
		if err != nil || snap.Clock.Frozen {
			return out, err
		}
		left := int(out.Pending.Until.Sub(snap.Now).Round(time.Second) / time.Second)
		if left != said && left >= 0 {
			d.Progress(fmt.Sprintf("waiting for %s ... %ds", ws, left), said < 0)
			said = left
		}
		select {
		case <-ctx.Done():
			return out, giveUp(reading, d, w, phone, ws)
		case <-d.After(lookAgain):
		}
		looked, err := w.Look(reading, id)
		if err != nil {
			return out, &app.Failure{World: w.Name, Outcome: looked, Err: err}
		}
		if looked.Pending == nil {
			return looked, nil
		}
		out = looked
	}
}

// giveUp cancels the tap in the world too, so that the phone unlocks nothing
// later.
func giveUp(ctx context.Context, d *app.Deps, w *app.World, phone, ws string) error {
	out, err := w.Act(ctx, authn.Cancel{Phone: phone})
	if err != nil {
		return err
	}
	end := app.Cancelled()
	end.Message = "cancelled: the tap on " + ws + " is given up"
	return &app.Failure{World: w.Name, Outcome: out, Err: end}
}

// tapReport words the state of a tap.
func tapReport(d *app.Deps, w *app.World, out authn.Outcome, r hypr.TapResult) app.Report {
	rep := app.Report{World: w.Name, Outcome: out, Bare: []string{r.Outcome}, Result: tapJSON{
		Phone: r.Phone, Workstation: r.Workstation, User: r.User, Outcome: r.Outcome, Reason: r.Reason, Notice: r.Notice,
		Left: r.Left, Of: r.Of, ExpiresAt: app.StampOf(r.ExpiresAt), Message: r.Why, Lost: r.Lost}}
	if r.Notice != "" {
		rep.Talk = append(rep.Talk, fmt.Sprintf("the phone says: %q", r.Notice))
	}
	switch r.Outcome {
	case hypr.TapLogin:
		line := fmt.Sprintf("%s: unlocked online for %s", r.Workstation, r.User)
		if r.Of > 0 {
			line += fmt.Sprintf("; %s has %d of %d PINs, which expire %s", r.Phone, r.Left, r.Of, d.When(r.ExpiresAt, out.At))
			rep.Next = "offauth workstation lock " + r.Workstation
		}
		if r.Lost {
			keeps := "has what it had before"
			if r.Of == 0 {
				keeps = "has none"
			}
			rep.Outcome.Warnings = append(rep.Outcome.Warnings,
				fmt.Sprintf("the new PINs of %s were lost on their way to %s, which %s (H31)", r.Workstation, r.Phone, keeps))
			rep.Hints, rep.Next = []string{"offauth device tap " + r.Workstation}, ""
		}
		rep.Lines = []string{line}
	case hypr.TapOffer:
		rep.Lines = []string{fmt.Sprintf("%s: %s; the phone offers the offline PIN", r.Workstation, reasonText(r))}
		rep.Hints = []string{"offauth device unlock " + r.Workstation}
	case hypr.TapWaiting:
		rep.Lines = []string{fmt.Sprintf("%s: has not answered yet; the clock is frozen", r.Workstation)}
		rep.Hints = []string{"offauth clock advance " + app.SpanWord(out.Pending.Until.Sub(out.At))}
	case hypr.TapCancelled:
		rep.Lines = []string{fmt.Sprintf("%s: the tap was given up (%s)", r.Workstation, r.Reason)}
	default:
		rep.Lines = []string{fmt.Sprintf("%s: no answer, and no offline PIN to offer (%s): %s", r.Workstation, r.Reason,
			r.Why)}
		rep.Hints = r.Hints
	}
	return rep
}

// reasonText words why a phone gives or offers a PIN.
func reasonText(r hypr.TapResult) string {
	switch r.Reason {
	case hypr.ReasonPhoneOffline:
		return r.Phone + " has no internet"
	case hypr.ReasonAsked:
		return "the icon was pressed long"
	case hypr.ReasonUnreachable:
		return "no answer for five seconds"
	}
	return r.Reason
}

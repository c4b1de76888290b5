package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type auditOptions struct {
	deps *app.Deps

	user, since string
	last        int
	lines       bool
}

func newAudit(d *app.Deps) *cobra.Command {
	o := &auditOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "show the server's audit trail in HYPR's envelope",
		Long: `Show HYPR's audit trail as the server has it, in the order in which it was
logged, with the fields of HYPR's envelope (H39); what Encap and OneSpan do is
in "offauth log" alone. What happened offline is delivered at
the next online login, once (H41). The names of the events are offauth's own,
as HYPR's were not found (H40).

Without --last they are the newest 100. --lines gives one envelope a line.`,
		Example: `  offauth admin audit --last 20
  offauth admin audit --user alice --since 31d --json
  offauth admin audit --lines`,
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.last < 0 {
				return app.Usage(nil, "--last is a number of events, 0 for all")
			}
			return runAudit(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.user, "user", "", "only what concerns the user `NAME`")
	flags.StringVar(&o.since, "since", "", "only what was logged from a `TIME` on, or in the last 31d")
	flags.IntVar(&o.last, "last", 100, "only the newest `N`, 0 for all")
	flags.BoolVar(&o.lines, "lines", false, "one envelope a line, as JSON (for jq -c)")
	return cmd
}

// simulatedAudit is printed beside the trail (rules A10, H40).
const simulatedAudit = "simulated: the envelope is HYPR's, the names of the events are offauth's own (H40, A10)"

type auditJSON struct {
	app.List[hypr.Envelope]
	Simulated bool `json:"simulated"`
}

func runAudit(ctx context.Context, o *auditOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
		if err != nil {
			return err
		}
		trail, err := o.trail(ctx, w, snap.Now)
		if err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Talk: []string{simulatedAudit},
			Result: auditJSON{app.ListOf(trail), true}}
		if o.lines {
			if rep.Lines, err = encoded(trail); err != nil {
				return err
			}
			rep.Bare = rep.Lines
			return d.PrintText(rep)
		}
		rows := [][]string{{"happened", "logged", "event", "user", "phone", "workstation", "result"}}
		for _, v := range trail {
			rows = append(rows, auditRow(v))
		}
		rep.Lines = app.Table(rows)
		rep.Bare = rep.Lines[1:]
		if len(trail) == 0 {
			rep.Lines, rep.Talk = nil, append(rep.Talk, "nothing of that kind is in the trail")
		}
		return d.Print(rep)
	})
}

// audit returns the server's audit trail.
func audit(ctx context.Context, w *app.World, q authn.EventQuery) (trail []hypr.Envelope, err error) {
	err = w.Read(ctx, func(s family.Sites) error {
		trail, err = hypr.Audit(s, q)
		return err
	})
	return trail, err
}

// trail returns the envelopes that the flags select.
func (o *auditOptions) trail(ctx context.Context, w *app.World, now time.Time) ([]hypr.Envelope, error) {
	q := authn.EventQuery{Last: o.last}
	var err error
	if o.since != "" {
		if q.Since, err = app.SinceOf(o.since, now); err != nil {
			return nil, err
		}
	}
	if o.user == "" {
		return audit(ctx, w, q)
	}
	r, err := w.Roster(ctx)
	if err != nil {
		return nil, err
	}
	user, err := pick.KnownUser(r.Users, o.user)
	if err != nil {
		return nil, err
	}
	phones := app.NamesOf(pick.PhonesOf(r, user), pick.RosterPhone)
	q.Last = 0 // the newest are counted off when the others are out
	all, err := audit(ctx, w, q)
	theirs := []hypr.Envelope{}
	for _, v := range all {
		// An envelope without a user may name the user's phone.
		if v.FIDOUser == user || v.SubName == user || v.FIDOUser == "" && slices.Contains(phones, v.DeviceID) {
			theirs = append(theirs, v)
		}
	}
	if o.last > 0 && len(theirs) > o.last {
		theirs = theirs[len(theirs)-o.last:]
	}
	return theirs, err
}

// encoded returns each envelope as a line of JSON.
func encoded(trail []hypr.Envelope) ([]string, error) {
	lines := make([]string, len(trail))
	for i, v := range trail {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("an envelope: %w", err)
		}
		lines[i] = string(b)
	}
	return lines, nil
}

func auditRow(v hypr.Envelope) []string {
	result := "ok"
	if !v.IsSuccessful {
		result = v.ErrorCode
	}
	at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
	return []string{at(v.EventTimeInUTC), at(v.LoggedTimeInUTC), v.EventName, cmp.Or(v.FIDOUser, "-"),
		cmp.Or(v.DeviceID, "-"), cmp.Or(v.MachineID, "-"), result}
}

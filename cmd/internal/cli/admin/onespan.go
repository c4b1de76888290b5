package admin

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type authenticatorJSON struct {
	Serial string       `json:"serial"`
	Phone  string       `json:"phone"`
	User   string       `json:"user"`
	Type   onespan.Type `json:"type"`
	Digits int          `json:"digits"`
	// StepSeconds is 0 for an event-based one.
	StepSeconds int  `json:"step_seconds"`
	Simulated   bool `json:"simulated"`
}

func assign() leaf.Leaf[onespan.AssignResult] {
	return leaf.Leaf[onespan.AssignResult]{
		Action: onespan.Assign{}, Places: []string{"phone"},
		Short: "give the user of a phone a Digipass on it",
		Long: `Give the user of a phone a Digipass authenticator on it: time-based, with a
new one-time password every 30 seconds, or event-based, with a new one at every
request. One that is there is replaced. Length and step are the policy's
(onespan.otp.length, onespan.otp.step). Only the first authenticator that a
user logs on with at a workstation works offline there (O18).

With --stdin the secret is read from the first line of stdin, in base32, to
bring along another generator of RFC 6238 or 4226; else it is drawn.`,
		Example: `  offauth admin authenticator assign pixel --type time
  offauth admin authenticator assign --type event`,
		Flags: map[string]leaf.Flag{"type": {Text: "what moves its codes on: {time | event}"}},
		Stdin: "read the secret, in base32, from the first line of stdin",
		Check: func(c *leaf.Call) error {
			if kind := c.Text("type"); !c.Accepts("type", kind) {
				hint := "offauth admin authenticator assign " + cmp.Or(c.Text("phone"), "pixel") + " --type time"
				return app.Usage([]string{hint}, "--type is time or event, not %q", kind)
			}
			return nil
		},
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			if !c.Stdin {
				return authn.Secret{}, nil
			}
			hint := "offauth admin authenticator assign " + c.Text("phone") + " --type time --stdin < seed.txt"
			return c.SecretFrom(ctx, "secret", hint, true)
		},
		Report: func(_ context.Context, _ *leaf.Call, r onespan.AssignResult, rep *app.Report) error {
			rep.Lines = []string{fmt.Sprintf("%s: a Digipass of %d digits on %s, %s-based, for %s", r.Serial, r.Digits, r.Phone,
				r.Type, r.User)}
			rep.Bare, rep.Talk, rep.Hints = []string{r.Serial}, []string{show.SimulatedDigipass}, []string{"offauth device otp"}
			rep.Result = authenticatorJSON{Serial: r.Serial, Phone: r.Phone, User: r.User, Type: r.Type, Digits: r.Digits,
				StepSeconds: int(r.Step.Seconds()), Simulated: true}
			return nil
		},
	}
}

type resyncJSON struct {
	Serial string       `json:"serial"`
	Phone  string       `json:"phone"`
	User   string       `json:"user"`
	Type   onespan.Type `json:"type"`
	// DriftSeconds is the drift of a time-based one; negative is behind.
	DriftSeconds int `json:"drift_seconds"`
}

func resync() leaf.Leaf[onespan.ResyncResult] {
	return leaf.Leaf[onespan.ResyncResult]{
		Action: onespan.Resync{}, Places: []string{"phone"},
		Short: "resynchronize an authenticator whose codes no longer match",
		Long: `Resynchronize an authenticator by two consecutive one-time passwords: an
event-based one among the next 100 (A4), a time-based one within six hours
either way, whose drift is then known (O47). Offline data that was made before
is renewed at the next online logon.

The two are asked for without echo, or read from the first line of stdin with
--stdin; a blank stands between them.`,
		Example: `  offauth admin authenticator resync pixel`,
		Stdin:   "read the two codes from the first line of stdin",
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			phone := c.Text("phone")
			return c.SecretFrom(ctx, "two consecutive one-time passwords of "+phone+", with a blank between",
				"offauth admin authenticator resync "+phone+" --stdin < codes.txt", c.Stdin)
		},
		Report: func(_ context.Context, _ *leaf.Call, r onespan.ResyncResult, rep *app.Report) error {
			line := fmt.Sprintf("%s: found again", r.Serial)
			if r.Type == onespan.TimeBased {
				line = fmt.Sprintf("%s: found again; its clock is off by %s", r.Serial, r.Drift)
			}
			rep.Lines, rep.Bare, rep.Hints = []string{line}, []string{r.Serial}, []string{"offauth device otp"}
			rep.Result = resyncJSON{Serial: r.Serial, Phone: r.Phone, User: r.User, Type: r.Type,
				DriftSeconds: int(r.Drift.Seconds())}
			return nil
		},
	}
}

func deleteData() leaf.Leaf[onespan.DeleteDataResult] {
	return leaf.Leaf[onespan.DeleteDataResult]{
		Action: onespan.DeleteData{}, Places: []string{"user"},
		Short: "delete the server's record of offline data",
		Long: `Delete the server's records of a user's offline authentication data: all of
them, or those of one workstation or authenticator. The next successful online
logon there brings a full set, which also ends a lock (O38). What is on the
workstation stays until then.

The user may be left out where there is one.`,
		Example: `  offauth admin offline-data delete alice --workstation DESKTOP-3`,
		Flags: map[string]leaf.Flag{
			"workstation":   {Text: "only at the workstation `NAME`"},
			"authenticator": {Text: "only of the authenticator with the `SERIAL` number"},
		},
		Pick: func(ctx context.Context, c *leaf.Call) error {
			user, err := pick.Owner(ctx, c.Deps, c.Roster.Users, c.Text("user"),
				"offauth admin offline-data delete")
			c.Set("user", user)
			if ws := c.Text("workstation"); ws != "" && err == nil {
				ws, err = pick.Workstation(c.Roster, ws)
				c.Set("workstation", ws)
			}
			return err
		},
		Report: func(_ context.Context, c *leaf.Call, r onespan.DeleteDataResult, rep *app.Report) error {
			user := c.Text("user")
			rep.Lines, rep.Hints = []string{user + ": the server has no such record of offline data"},
				[]string{"offauth admin offline-data list"}
			for i, v := range r.Deleted {
				rep.Lines = append(rep.Lines[:i], fmt.Sprintf("%s: the record of %s at %s is deleted", user, v.Serial,
					v.Workstation))
				rep.Hints = []string{"an online logon brings new data: `offauth workstation login " + v.Workstation + "`"}
			}
			return nil
		},
	}
}

func newOfflineDataList(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "list [user]",
		Short: "list the server's records of offline data",
		Long: `List the server's records of offline authentication data, of one user or of
all: one for each workstation, user and authenticator (O17), with its time or
its range of events, and whether it is locked (O39). What is on a workstation
"offauth tray status" shows.`,
		Example: `  offauth admin offline-data list
  offauth admin offline-data list alice --json`,
		Takes:  "user",
		Report: recordsReport,
	})
}

type recordJSON struct {
	User        string     `json:"user"`
	Workstation string     `json:"workstation"`
	Serial      string     `json:"serial"`
	Type        string     `json:"type"`
	Number      uint64     `json:"number"`
	IssuedAt    *app.Stamp `json:"issued_at"`
	ExpiresAt   *app.Stamp `json:"expires_at"`
	// From and To are the counters of event-based data, To not included.
	From   uint64 `json:"from"`
	To     uint64 `json:"to"`
	Locked bool   `json:"locked"`
}

func recordsReport(ctx context.Context, d *app.Deps, w *app.World, snap authn.Snapshot, name string,
	rep *app.Report) error {
	user, err := pick.Knows(ctx, w, name)
	if err != nil {
		return err
	}
	var items []recordJSON
	rows := [][]string{{"user", "workstation", "authenticator", "kind", "made", "until", "state"}}
	for _, u := range snap.Users {
		if u.OneSpan == nil || user != "" && u.Name != user {
			continue
		}
		for _, v := range u.OneSpan.Data {
			items = append(items, recordJSON{User: u.Name, Workstation: v.Workstation, Serial: v.Serial, Type: v.Type,
				Number:   v.Number,
				IssuedAt: app.StampOf(v.IssuedAt), ExpiresAt: app.StampOf(v.ExpiresAt), From: v.From, To: v.To, Locked: v.Locked})
			rows = append(rows, recordRow(d, u.Name, v, snap))
		}
	}
	rep.Result, rep.Lines, rep.Bare = app.ListOf(items), app.Table(rows), app.Table(rows)[1:]
	if len(items) == 0 {
		rep.Lines, rep.Talk, rep.Hints = nil, []string{"the server has made no offline data"}, []string{"offauth tray status"}
	}
	return nil
}

func recordRow(d *app.Deps, user string, v authn.ServerDataView, snap authn.Snapshot) []string {
	until, state := fmt.Sprintf("events %d to %d", v.From, v.To-1), "-"
	if v.Type == string(onespan.TimeBased) {
		until = d.When(v.ExpiresAt, snap.Now)
	}
	if v.Locked {
		state = "locked (O39)"
	}
	return []string{user, v.Workstation, v.Serial, v.Type, d.When(v.IssuedAt, snap.Now), until, state}
}

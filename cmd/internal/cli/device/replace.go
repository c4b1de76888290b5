package device

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func replace() leaf.Leaf[authn.ReplaceResult] {
	return leaf.Leaf[authn.ReplaceResult]{
		Action: authn.ReplaceDevice{}, Missing: "which phone is lost, and what the new one is called",
		Short: "give a user a new phone for a lost one",
		Long: `Give a user a new phone for a lost one. The server revokes the lost one: its
PINs and passkeys die at every workstation that can hear of it. One that cannot
goes on taking them until it next talks to the server; the output names it.

PINs of the user's other phones live on. The new phone is paired with nothing.`,
		Example: `  offauth device replace pixel pixel-2`,
		Flags: map[string]leaf.Flag{
			"platform": {Text: "the `SYSTEM`: {android | ios}, the old one's if not said"},
			"version":  {Text: "the app's `VERSION`, the newest if not said"},
		},
		Pick: func(_ context.Context, c *leaf.Call) error {
			if len(c.Roster.Phones) == 0 {
				return pick.NoPhone(c.Roster, "")
			}
			_, err := pick.PhoneNamed(c.Roster.Phones, c.Text("old"))
			return err
		},
		Report: func(ctx context.Context, c *leaf.Call, r authn.ReplaceResult, rep *app.Report) error {
			snap, err := c.World.Snapshot(ctx, authn.Scope{User: r.User})
			if err != nil {
				return err
			}
			j := replaced(r, snap)
			j.Digipass = droppedOf(c.Outcome, snap)
			j.Registration = slices.ContainsFunc(c.Outcome.Events,
				func(e authn.Event) bool { return e.Kind == encap.EventRegistrationDropped })
			replaceReport(c, j, len(pick.StationsOf(c.Roster, authn.FamilyHYPR)) > 0, rep)
			return nil
		},
	}
}

// replaceJSON lists what is revoked, what waits and what stays.
type replaceJSON struct {
	Old     string      `json:"old"`
	New     string      `json:"new"`
	User    string      `json:"user"`
	Dead    []string    `json:"dead"`
	Waiting []lingering `json:"waiting"`
	Lives   []string    `json:"lives"`
	// Digipass is the lost phone's; null if it had none.
	Digipass *droppedJSON `json:"digipass"`
	// Registration reports whether the lost phone's registration at Encap's
	// server ended.
	Registration bool `json:"registration"`
}

// lingering is a workstation that does not know yet that a phone was replaced.
type lingering struct {
	Workstation string `json:"workstation"`
	// PINsUntil is when the phone's last PIN expires there; null without PINs.
	PINsUntil *app.Stamp `json:"pins_until"`
	// Passkey reports whether the phone unlocks it over Bluetooth.
	Passkey bool `json:"passkey"`
}

// replaced reads from the world what the lost phone leaves behind.
func replaced(r authn.ReplaceResult, snap authn.Snapshot) replaceJSON {
	j := replaceJSON{Old: r.Old, New: r.New, User: r.User, Dead: []string{}, Waiting: []lingering{}, Lives: []string{}}
	j.Dead = append(j.Dead, r.Dead...)
	for _, name := range r.Waiting {
		left := lingering{Workstation: name}
		for _, a := range pick.ViewOf(snap, name).Accounts {
			for _, s := range a.Sets {
				later := left.PINsUntil == nil || s.ExpiresAt.After(left.PINsUntil.Time())
				if s.Phone == r.Old && !s.Expired && s.Left > 0 && later {
					left.PINsUntil = app.StampOf(s.ExpiresAt)
				}
			}
		}
		for _, p := range snap.Phones {
			left.Passkey = left.Passkey || p.Name == r.Old && slices.ContainsFunc(p.Computers, func(c authn.ComputerView) bool {
				return c.Workstation == name && c.Passkey
			})
		}
		j.Waiting = append(j.Waiting, left)
	}
	for _, p := range snap.Phones {
		if p.User == r.User && p.Name != r.New && p.ReplacedBy == "" {
			j.Lives = append(j.Lives, p.Name)
		}
	}
	return j
}

// replaceReport words the result: revoked, waiting, unchanged, and the next
// steps.
func replaceReport(c *leaf.Call, j replaceJSON, hypr bool, rep *app.Report) {
	rep.Result, rep.Bare = j, []string{j.New}
	rep.Lines = append(rep.Lines, fmt.Sprintf("%s takes the place of %s as %s's phone", j.New, j.Old, j.User))
	for _, ws := range j.Dead {
		rep.Lines = append(rep.Lines, fmt.Sprintf("dead   %s: nothing of %s unlocks it any more", ws, j.Old))
		rep.Hints = append(rep.Hints, "offauth device pair "+ws+" --phone "+j.New)
	}
	for _, left := range j.Waiting {
		rep.Lines = append(rep.Lines, "waits  "+lingers(c.Deps, j.Old, left, c.Outcome.At))
		rep.Hints = append(rep.Hints, "once "+left.Workstation+" talks to the server again: `offauth device pair "+
			left.Workstation+" --phone "+j.New+"`")
	}
	for _, phone := range j.Lives {
		what := "its PINs go on unlocking"
		if !hypr {
			what = "nothing of it changes"
		}
		rep.Lines = append(rep.Lines, fmt.Sprintf("lives  %s: %s", phone, what))
	}
	if hypr && len(j.Dead)+len(j.Waiting) == 0 {
		rep.Lines = append(rep.Lines, fmt.Sprintf("dead   nothing: %s was paired with no workstation", j.Old))
		rep.Hints = append(rep.Hints, "offauth device pair --phone "+j.New)
	}
	if j.Registration {
		rep.Lines = append(rep.Lines, fmt.Sprintf("dead   no one-time password that %s gives a provider is accepted any more",
			j.Old))
		rep.Hints = append(rep.Hints, "offauth device activate --phone "+j.New)
	}
	droppedReport(rep, j)
}

// lingers words what a lost phone still opens, and until when.
func lingers(d *app.Deps, old string, left lingering, now time.Time) string {
	const until = "until it next talks to the server"
	var text string
	switch {
	case left.PINsUntil != nil:
		text = fmt.Sprintf("a PIN that %s shows still unlocks %s %s, at the latest until %s", old, left.Workstation, until,
			d.When(left.PINsUntil.Time(), now))
	case left.Passkey:
		return fmt.Sprintf("the passkey of %s still unlocks %s over Bluetooth %s", old, left.Workstation, until)
	default:
		return fmt.Sprintf("%s has not heard yet; it takes no PIN of %s", left.Workstation, old)
	}
	if left.Passkey {
		text += fmt.Sprintf("; its passkey over Bluetooth %s", until)
	}
	return text
}

// droppedJSON is the Digipass of a lost phone.
type droppedJSON struct {
	Serial string `json:"serial"`
	// Workstations still accept its codes offline, until they next talk to the
	// server, whoever logs on there (O49).
	Workstations []string `json:"workstations"`
}

// droppedOf returns the Digipass that was revoked with a phone, or nil.
func droppedOf(out authn.Outcome, snap authn.Snapshot) *droppedJSON {
	for _, e := range out.Events {
		serial, ok := e.Fields["serial"].(string)
		if e.Kind != onespan.EventAuthenticatorDropped || !ok {
			continue
		}
		j := &droppedJSON{Serial: serial, Workstations: []string{}}
		for _, w := range snap.Workstations {
			for _, v := range w.Data {
				if v.Serial == serial && v.Present {
					j.Workstations = append(j.Workstations, w.Name)
				}
			}
		}
		return j
	}
	return nil
}

// droppedReport adds it to the report.
func droppedReport(rep *app.Report, j replaceJSON) {
	if j.Digipass == nil {
		return
	}
	rep.Lines = append(rep.Lines, fmt.Sprintf("dead   the server takes no one-time password of the Digipass %s any more",
		j.Digipass.Serial))
	for _, ws := range j.Digipass.Workstations {
		rep.Lines = append(rep.Lines, fmt.Sprintf("waits  its one-time passwords still log on offline at %s, until "+
			"anybody's next logon there reaches the server (O49)", ws))
	}
	rep.Hints = append(rep.Hints, "offauth admin authenticator assign "+j.New+" --type time")
}

package admin

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

func userAdd() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.AddUser{}, Missing: "what the user is called",
		Short: "add a user to the directory",
		Long: `Add a user to the server's directory. A roaming user (Web-to-workstation single
registration) logs in online everywhere and gets no offline PINs (H38).`,
		Example: `  offauth admin user add bob
  offauth admin user add nomad --roaming`,
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			name, roaming := c.Text("name"), c.On("roaming")
			line := name + " is in the directory"
			if roaming {
				line += ", as a roaming user: no offline PINs (H38)"
			}
			rep.Lines = []string{line}
			rep.Result = struct {
				User    string `json:"user"`
				Roaming bool   `json:"roaming"`
			}{name, roaming}
			return nil
		},
		About: func(c *leaf.Call, _ leaf.None) pick.Concerned { return pick.Concerned{User: c.Text("name")} },
	}
}

type userUnlockedJSON struct {
	User    string   `json:"user"`
	Reached []string `json:"reached"`
	Waiting []string `json:"waiting"`
	// DataLocked lists the workstations where OneSpan's offline data stays
	// locked, until its record is deleted at the server (O38).
	DataLocked []string `json:"data_locked"`
}

func userUnlock() leaf.Leaf[authn.UnlockUserResult] {
	return leaf.Leaf[authn.UnlockUserResult]{
		Action: authn.UnlockUser{}, Use: "[name]", Args: app.AtMost(1),
		Short: "end a user's lock-outs",
		Long: `End the lock-outs of a user after wrong PINs (H26). A workstation that the
server cannot reach hears of it when the two next talk, and goes on refusing
until then (H27); the output says which have heard. An online login, "offauth
device tap", ends a lock-out too, at its workstation. Locked methods of the
user's phones are unlocked at once, at the server (E35). A name may be left out
where there is one user.`,
		Example: `  offauth admin user unlock alice`,
		Report: func(ctx context.Context, c *leaf.Call, r authn.UnlockUserResult, rep *app.Report) error {
			rep.Lines = []string{r.User + ": no longer locked out"}
			for _, ws := range r.Reached {
				rep.Lines = append(rep.Lines, "heard  "+ws+": takes PINs of "+r.User+" again")
			}
			for _, ws := range r.Waiting {
				rep.Lines = append(rep.Lines, "waits  "+ws+": hears of it when it and the server next talk (H27)")
				rep.Hints = []string{"offauth link show"}
			}
			for _, e := range c.Outcome.Events {
				if e.Kind == onespan.EventUserReleased {
					rep.Lines = append(rep.Lines, "server  "+r.User+": may log on at OneSpan's server again (O44)")
				}
				if e.Kind == encap.EventLocksCleared {
					rep.Lines = append(rep.Lines, fmt.Sprintf("phone  %v: its methods are no longer locked (E35)", e.Fields["phone"]))
				}
			}
			if len(r.Reached)+len(r.Waiting) == 0 {
				rep.Lines = append(rep.Lines, r.User+" has an account at no workstation of HYPR, so none had to hear of it")
			}
			snap, err := c.World.Snapshot(ctx, authn.Scope{User: r.User})
			if err != nil {
				return err
			}
			j := userUnlockedJSON{r.User, append([]string{}, r.Reached...), append([]string{}, r.Waiting...), []string{}}
			reportLockedData(rep, &j, snap)
			rep.Result = j
			return nil
		},
	}
}

// reportLockedData reports the offline data that stays locked: an unlock of the user does
// not end that.
func reportLockedData(rep *app.Report, j *userUnlockedJSON, snap authn.Snapshot) {
	for _, l := range show.LocksOf(snap, j.User) {
		if l.Code != onespan.CodeDataLocked || l.Waits {
			continue
		}
		j.DataLocked = append(j.DataLocked, l.Workstation)
		rep.Lines[0] = j.User + ": no longer locked out, but for offline data"
		rep.Lines = append(rep.Lines,
			"stays  "+l.Workstation+": the offline data is locked until the server's record of it is deleted (O38)")
		rep.Hints = append(rep.Hints, "offauth admin offline-data delete "+j.User+" --workstation "+l.Workstation)
	}
}

// userSecretJSON describes a user's secret, and never holds it.
type userSecretJSON struct {
	User string `json:"user"`
	// Change reports whether the server PIN must be changed at the next logon.
	Change bool `json:"change"`
}

func setPassword() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: onespan.SetPassword{}, Places: []string{"user"},
		Short: "give a user a static password (OneSpan)",
		Long: `Give a user a static password. It is typed first (O27), where
onespan.static_password.required says so, and typed and checked offline
where onespan.static_password.offline does (O34); elsewhere it is no part of
what is typed offline (O53). A workstation hears of it at the user's next
online logon there.

It is asked for twice without echo, or read from the first line of stdin with
--stdin. The user may be left out where there is one.`,
		Example: `  offauth admin user set-password alice`,
		Stdin:   "read the password from the first line of stdin",
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			user := c.Text("user")
			return c.NewPIN(ctx, "static password of "+user, "offauth admin user set-password "+user+" --stdin < password.txt",
				c.Stdin)
		},
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			rep.Lines, rep.Result = []string{c.Text("user") + ": the static password is set"},
				userSecretJSON{User: c.Text("user")}
			return nil
		},
	}
}

func setPIN() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: onespan.SetPIN{}, Places: []string{"user"},
		Short: "give a user a server PIN (OneSpan)",
		Long: `Give a user a server PIN: digits, at most 8 (O29), and at least as many as
onespan.server_pin.min_length says (O30). It is typed before the one-time
password (O26), where onespan.server_pin.required says so. With --change the
user must change it at the next logon (O28).

It is asked for twice without echo, or read from the first line of stdin with
--stdin. The user may be left out where there is one.`,
		Example: `  offauth admin user set-pin alice`,
		Flags:   map[string]leaf.Flag{"change": {Text: "the user must change it at the next logon"}},
		Stdin:   "read the PIN from the first line of stdin",
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			user := c.Text("user")
			return c.NewPIN(ctx, "server PIN of "+user, "offauth admin user set-pin "+user+" --stdin < pin.txt", c.Stdin)
		},
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			line := c.Text("user") + ": the server PIN is set"
			if c.On("change") {
				line += ", and must be changed at the next logon (O28)"
			}
			rep.Lines, rep.Result = []string{line}, userSecretJSON{c.Text("user"), c.On("change")}
			return nil
		},
	}
}

func resetPIN() leaf.Leaf[onespan.ResetPINResult] {
	return leaf.Leaf[onespan.ResetPINResult]{
		Action: onespan.ResetPIN{}, Places: []string{"user"},
		Short: "take a user's server PIN away (OneSpan)",
		Long: `Take a user's server PIN away. Where one is required, the next logon sets a
new one: one-time password, new PIN, new PIN again (O28).`,
		Example: `  offauth admin user reset-pin alice`,
		Lines: func(_ *leaf.Call, r onespan.ResetPINResult) []string {
			if r.Had {
				return []string{r.User + ": has no server PIN any more"}
			}
			return []string{r.User + ": had no server PIN"}
		},
	}
}

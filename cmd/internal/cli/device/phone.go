package device

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

func register() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.RegisterDevice{}, Places: []string{"name"}, Missing: "what the phone is called",
		Short: "give a user a phone with the app",
		Long: `Give a user a phone with the authenticator app on it.

Without --user it belongs to the only user. A version below HYPR's least
(Android 4.3, iOS 3.7) has no Offline Mode (H43).`,
		Example: `  offauth device register galaxy --user alice
  offauth device register iphone --user alice --platform ios`,
		Flags: map[string]leaf.Flag{
			"user":     {Text: "whose phone it is: the user's `NAME`"},
			"platform": {Text: "the `SYSTEM`: {android | ios}, android if not said"},
			"version":  {Text: "the app's `VERSION`, the newest if not said"},
		},
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			phone, user := c.Text("name"), c.Text("user")
			rep.Lines = []string{fmt.Sprintf("%s is %s's phone", phone, user)}
			rep.Result = map[string]string{"phone": phone, "user": user}
			return nil
		},
		About: func(c *leaf.Call, _ leaf.None) pick.Concerned { return pick.Concerned{Phone: c.Text("name")} },
	}
}

func cancel() leaf.Leaf[authn.CancelResult] {
	return leaf.Leaf[authn.CancelResult]{
		Action: authn.Cancel{},
		Short:  "give up a tap that waits, or what was scanned",
		Long: `Give up what a phone waits for: a tap towards a workstation that does not
answer (H15), and close what was scanned and not approved (E17).`,
		Example: `  offauth device cancel`,
		Lines: func(c *leaf.Call, r authn.CancelResult) []string {
			for _, e := range c.Outcome.Events {
				if e.Kind == encap.EventOperationClosed {
					return []string{fmt.Sprintf("%s: what %v asked for is closed", r.Phone, e.Fields["provider"])}
				}
			}
			if r.Cancelled {
				return []string{r.Phone + ": the tap is given up"}
			}
			return []string{r.Phone + ": nothing was waiting"}
		},
	}
}

func restart() leaf.Leaf[authn.RestartDeviceResult] {
	return leaf.Leaf[authn.RestartDeviceResult]{
		Action: authn.RestartDevice{}, Places: []string{"phone"}, PhoneFlag: true,
		Short: "restart a phone's app",
		Long: `Restart a phone's app. It loses what was only in memory: a PIN that was
visible is wiped and stays spent (H18), a tap that waited and an operation that
was open are given up (H15, E17). Counts, locks and sets stay (A6).`,
		Example: `  offauth device restart`,
		Lines: func(_ *leaf.Call, r authn.RestartDeviceResult) []string {
			lines := []string{r.Phone + ": the app was restarted"}
			if r.Hidden {
				lines = append(lines, "the PIN that was visible is wiped, and stays spent")
			}
			if r.Cancelled {
				lines = append(lines, "what it waited for is given up")
			}
			return lines
		},
	}
}

type otpJSON struct {
	Phone  string       `json:"phone"`
	User   string       `json:"user"`
	Serial string       `json:"serial"`
	Type   onespan.Type `json:"type"`
	OTP    string       `json:"otp"`
	// Until and SecondsLeft are null for an event-based Digipass.
	Until       *app.Stamp `json:"until"`
	SecondsLeft *int       `json:"seconds_left"`
	Simulated   bool       `json:"simulated"`
}

func otp() leaf.Leaf[onespan.OTPResult] {
	return leaf.Leaf[onespan.OTPResult]{
		Action: onespan.OTP{},
		Short:  "show the one-time password of the Digipass",
		Long: `Show the one-time password of the phone's Digipass, without any network. A
time-based one has a new password every 30 seconds (A5), by the phone's own
clock; an event-based one moves on each time it is asked (A3). Which of them
were used the phone does not know: the server and the workstations do (O21).`,
		Example: `  offauth device otp
  offauth device otp -q | offauth workstation login DESKTOP-3 --stdin`,
		Check: func(c *leaf.Call) error { return c.NeedStdout() },
		Report: func(_ context.Context, c *leaf.Call, r onespan.OTPResult, rep *app.Report) error {
			code := r.Code.Reveal()
			result := otpJSON{Phone: r.Phone, User: r.User, Serial: r.Serial, Type: r.Type, OTP: code,
				Until: app.StampOf(r.Until), Simulated: true}
			left := "the next code is another"
			if r.Type == onespan.TimeBased {
				seconds := int(r.Until.Sub(c.Outcome.At).Seconds())
				result.SecondsLeft, left = &seconds, authn.Counted(seconds, "second")+" left"
			}
			rep.Result, rep.Bare, rep.Talk = result, []string{code}, []string{show.SimulatedDigipass}
			rep.Lines = []string{fmt.Sprintf("%s  (%s of %s, %s)", code, r.Serial, r.Phone, left)}
			rep.Hints = pick.TypeAt(c.Roster)
			return nil
		},
	}
}

package device

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

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
			result := otpJSON{Phone: r.Phone, User: r.User, Serial: r.Serial, Type: r.Type, OTP: code, Until: app.StampOf(r.Until), Simulated: true}
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

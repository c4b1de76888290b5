package device

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func register() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.RegisterDevice{}, Places: []string{"name"}, Missing: "what the phone is called",
		Short: "give a user a phone with the app",
		Long: `Give a user a phone with the authenticator app on it.

Without --user it is the only user's there is. A version below HYPR's least
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
		Short: "start a phone's app anew",
		Long: `Start a phone's app anew. What only lived in memory is gone: a PIN that was
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

package device

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func pair() leaf.Leaf[hypr.PairResult] {
	return leaf.Leaf[hypr.PairResult]{
		Action: hypr.Pair{},
		Short:  "pair a phone with a workstation",
		Long: `Pair a phone with a workstation for the phone's user. Phone, workstation and
server must be able to talk.

Without a name it is the first HYPR workstation that is not yet paired with
the phone. Where the two are paired already it takes the place of that pairing,
and the PINs that the phone has left go with it. Pairing brings no offline PIN:
that takes one successful online login, "offauth device tap" (H9). With
--passkey the phone can unlock the workstation over Bluetooth too, with every
uplink down: "offauth device passkey unlock" (H36).`,
		Example: `  offauth device pair LAPTOP-7
  offauth device pair LAPTOP-7 --passkey`,
		Pick: iconThat(unpaired),
		Report: func(_ context.Context, _ *leaf.Call, r hypr.PairResult, rep *app.Report) error {
			line := fmt.Sprintf("%s: paired with %s for %s", r.Phone, r.Workstation, r.User)
			if r.Passkey {
				line += ", with an Enterprise Passkey"
			}
			rep.Lines = []string{line}
			if r.Lost > 0 {
				rep.Outcome.Warnings = append(rep.Outcome.Warnings, fmt.Sprintf(
					"the %s that %s had for %s went with the pairing before; an online login brings new ones",
					authn.Counted(r.Lost, "PIN"), r.Phone, r.Workstation))
			}
			return nil
		},
		About: func(_ *leaf.Call, r hypr.PairResult) pick.Concerned {
			return pick.Concerned{Phone: r.Phone, Workstation: r.Workstation}
		},
	}
}

func hide() leaf.Leaf[hypr.HideResult] {
	return leaf.Leaf[hypr.HideResult]{
		Action: hypr.Hide{},
		Short:  "wipe the PIN that a phone shows",
		Long: `Wipe the PIN that a phone shows before its display timeout does (H18).

The PIN stays good until it is used, expires or is replaced (H21); asking
again gives the next one (H19).`,
		Example: `  offauth device hide`,
		Lines: func(_ *leaf.Call, r hypr.HideResult) []string {
			if r.Hidden {
				return []string{r.Phone + ": the PIN is wiped"}
			}
			return []string{r.Phone + ": no PIN was visible"}
		},
	}
}

func passkeyUnlock() leaf.Leaf[hypr.PasskeyResult] {
	return leaf.Leaf[hypr.PasskeyResult]{
		Action: hypr.PasskeyUnlock{},
		Short:  "unlock a workstation nearby over Bluetooth",
		Long: `Unlock a workstation nearby over Bluetooth with an Enterprise Passkey: a signed
answer to the workstation's challenge (H36). It needs no uplink and spends no
PIN (H37). The phone must have been paired with --passkey.

Without a name it is the first workstation with a passkey on the phone.`,
		Example: `  offauth device pair LAPTOP-7 --passkey
  offauth device passkey unlock LAPTOP-7`,
		Pick: iconThat(withPasskey, paired),
		Report: func(_ context.Context, _ *leaf.Call, r hypr.PasskeyResult, rep *app.Report) error {
			rep.Lines = []string{fmt.Sprintf("%s: unlocked over Bluetooth for %s by %s; no PIN was spent", r.Workstation, r.User,
				r.Phone)}
			rep.Next = "offauth workstation lock " + r.Workstation
			return nil
		},
	}
}

// iconThat picks the phone and workstation whose icon fits best.
func iconThat(best ...fits) func(context.Context, *leaf.Call) error {
	return func(ctx context.Context, c *leaf.Call) error {
		t, err := icon(ctx, c.Deps, c.World, c.Who, c.Text("workstation"), best...)
		c.Set("phone", t.phone)
		c.Set("workstation", t.workstation)
		return err
	}
}

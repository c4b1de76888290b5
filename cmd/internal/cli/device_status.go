package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type deviceStatusOptions struct {
	deps *Deps

	who
}

func newDeviceStatusCmd(d *Deps, runF func(context.Context, *deviceStatusOptions) error) *cobra.Command {
	o := &deviceStatusOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "show what the phones hold and offer",
		Long: `Show every phone with its icons: what it knows of each workstation, how many
offline PINs it has left (H28) and until when (H33), what it offers (H15, H16).
A PIN on a screen is not repeated; "offauth device unlock" shows it again
(H19).`,
		Example: `  offauth device status
  offauth device status --phone pixel --json`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd, o, runF, runDeviceStatus) },
	}
	o.bindPhone(cmd)
	return cmd
}

type iconJSON struct {
	Phone       string `json:"phone"`
	User        string `json:"user"`
	Platform    string `json:"platform"`
	Version     string `json:"version"`
	Workstation string `json:"workstation"`
	State       string `json:"state"`
	OfflineMode bool   `json:"offline_mode"`
	Left        int    `json:"left"`
	Of          int    `json:"of"`
	Low         bool   `json:"low"`
	IssuedAt    *stamp `json:"issued_at"`
	ExpiresAt   *stamp `json:"expires_at"`
	HiddenAt    *stamp `json:"hidden_at"`
}

func runDeviceStatus(ctx context.Context, o *deviceStatusOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		phones := snap.Phones
		switch {
		case len(phones) == 0:
			return noPhone(snap, o.user)
		case o.phone != "" || o.user != "":
			if phones, err = filtered(snap, o.who); err != nil {
				return err
			}
		}
		var items []iconJSON
		rows := [][]string{{"phone", "user", "workstation", "state", "pins", "expires"}}
		for _, p := range phones {
			for _, i := range iconsOf(p) {
				items = append(items, i)
				rows = append(rows, d.iconRow(i, snap))
			}
		}
		return d.print(report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, result: listOf(items), lines: table(rows)})
	})
}

// filtered gives the phones that the flags ask for.
func filtered(snap authn.Snapshot, which who) ([]authn.PhoneView, error) {
	if which.user != "" {
		if err := knownUser(snap, which.user); err != nil {
			return nil, err
		}
	}
	var phones []authn.PhoneView
	for _, p := range snap.Phones {
		if (which.user == "" || p.User == which.user) && (which.phone == "" || p.Name == which.phone) {
			phones = append(phones, p)
		}
	}
	switch {
	case len(phones) > 0:
		return phones, nil
	case which.phone == "":
		return nil, noPhone(snap, which.user)
	}
	return nil, noSuch(codeNoSuchPhone, "phone", which.phone, names(snap.Phones, phoneName), "offauth device status")
}

// iconsOf gives a phone's icons; a phone without one is a row too.
func iconsOf(p authn.PhoneView) []iconJSON {
	bare := iconJSON{Phone: p.Name, User: p.User, Platform: p.Platform, Version: p.Version, State: "not_paired"}
	if len(p.Computers) == 0 {
		return []iconJSON{bare}
	}
	icons := make([]iconJSON, len(p.Computers))
	for n, c := range p.Computers {
		i := bare
		i.Workstation, i.OfflineMode, i.State = c.Workstation, c.OfflineMode, iconState(c)
		if c.Set != nil {
			i.Left, i.Of, i.Low = c.Set.Left, c.Set.Of, c.Set.Low
			i.IssuedAt, i.ExpiresAt = stampOf(c.Set.IssuedAt), stampOf(c.Set.ExpiresAt)
		}
		if c.Shown != nil {
			i.HiddenAt = stampOf(c.Shown.HiddenAt)
		}
		icons[n] = i
	}
	return icons
}

// iconState says what an icon shows, the most pressing first.
func iconState(c authn.ComputerView) string {
	switch {
	case c.Shown != nil:
		return "pin_visible"
	case c.Waiting != nil:
		return "waiting"
	case c.Offer != "":
		return "offers_pin"
	case !c.Primed:
		return "not_primed"
	case !c.OfflineMode:
		return "offline_mode_off"
	case c.Set == nil:
		return "no_pins"
	case c.Set.Expired:
		return "pins_expired"
	case c.Set.Left == 0:
		return "pins_used_up"
	case c.Set.Low:
		return "pins_low"
	}
	return "ready"
}

// stateText says a state to a person.
func stateText(state string) string {
	switch state {
	case "pin_visible":
		return "PIN visible"
	case "offers_pin":
		return "offers a PIN"
	case "not_primed":
		return "no online login yet"
	case "no_pins":
		return "no PINs"
	case "pins_expired":
		return "PINs expired"
	case "pins_used_up":
		return "no PINs left"
	case "pins_low":
		return "PINs low"
	}
	return strings.ReplaceAll(state, "_", " ")
}

func (d *Deps) iconRow(i iconJSON, snap authn.Snapshot) []string {
	pins, expires := "-", "-"
	if i.Of > 0 {
		pins = fmt.Sprintf("%d of %d", i.Left, i.Of)
	}
	if i.ExpiresAt != nil {
		expires = d.when(i.ExpiresAt.time(), snap.Now)
	}
	return []string{i.Phone, i.User, orName(i.Workstation, "-"), stateText(i.State), pins, expires}
}

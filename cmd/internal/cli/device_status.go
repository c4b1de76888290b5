package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
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
offline PINs it has left (H28) and until when (H33), what it offers (H15, H16),
and whether it has an Enterprise Passkey there (H36); what its main screen says
while it has no internet (H16), and which clocks are off; then its methods for
one-time passwords, what is locked (E27, E34), what waits to be approved (E17),
and its Digipass. A PIN on a screen is not repeated; "offauth device unlock"
shows it again (H19).`,
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
	Why         string `json:"why"`
	Left        int    `json:"left"`
	Of          int    `json:"of"`
	Low         bool   `json:"low"`
	IssuedAt    *stamp `json:"issued_at"`
	ExpiresAt   *stamp `json:"expires_at"`
	HiddenAt    *stamp `json:"hidden_at"`
	Passkey     bool   `json:"passkey"`
	ReplacedBy  string `json:"replaced_by"`
	// Notice is what the phone's main screen says (H16).
	Notice string `json:"notice"`
}

type statusJSON struct {
	list[iconJSON]
	Encap []encapJSON `json:"encap"`
	// Digipass are the authenticators of the family onespan.
	Digipass []digipassJSON `json:"digipass"`
	// Locks are all that is locked for the users of these phones.
	Locks  []lockedJSON   `json:"locks"`
	Clocks []clockOffJSON `json:"clocks_off"`
}

func runDeviceStatus(ctx context.Context, o *deviceStatusOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		sites, err := filtered(r, o.who)
		if err != nil {
			return err
		}
		around := append([]authn.Site{authn.SiteServer}, sites...)
		for _, ws := range r.Workstations {
			around = append(around, authn.Workstation(ws.Name))
		}
		snap, err := w.Snapshot(ctx, authn.Scope{Sites: around})
		if err != nil {
			return err
		}
		items, lines := d.icons(snap, snap.Phones)
		encap, more := d.otps(snap, snap.Phones)
		if len(more) > 0 {
			lines = append(append(lines, ""), more...)
		}
		digipass, last := digipassesOf(snap.Phones)
		locks := slices.DeleteFunc(locksOf(snap, ""), func(l lockedJSON) bool { return !holds(snap.Phones, l) })
		clocks, off := clocksOff(snap, func(s authn.Site) bool { return within(snap.Phones, s) })
		lines = slices.Concat(lines, last, lockLines(locks), off)
		return d.print(report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, lines: lines, result: statusJSON{listOf(items), encap, digipass, locks, clocks}})
	})
}

// within reports whether a site is one of these phones, or a workstation on one.
func within(phones []authn.PhoneView, site authn.Site) bool {
	return slices.ContainsFunc(phones, func(p authn.PhoneView) bool {
		return site == authn.Phone(p.Name) || slices.ContainsFunc(p.Computers, func(c authn.ComputerView) bool { return site == authn.Workstation(c.Workstation) })
	})
}

// holds reports whether something locked is of one of these phones, or, if it is of
// none, of one of their users.
func holds(phones []authn.PhoneView, l lockedJSON) bool {
	return slices.ContainsFunc(phones, func(p authn.PhoneView) bool {
		return p.User == l.User && (l.Phone == "" || l.Phone == p.Name)
	})
}

// icons returns the icons of phones, and a table of them.
func (d *Deps) icons(snap authn.Snapshot, phones []authn.PhoneView) (items []iconJSON, lines []string) {
	rows := [][]string{{"phone", "user", "workstation", "state", "pins", "expires", "passkey", "app"}}
	for _, p := range phones {
		for _, i := range iconsOf(p) {
			items = append(items, i)
			rows = append(rows, d.iconRow(i, snap))
		}
	}
	if !slices.ContainsFunc(snap.Workstations, func(w authn.WorkstationView) bool { return w.Family == authn.FamilyHYPR }) {
		for i, row := range rows { // nothing of HYPR's is there to pair with
			rows[i] = []string{row[0], row[1], row[7]}
		}
	}
	lines = table(rows)
	for _, p := range phones {
		if p.Notice != "" {
			lines = append(lines, fmt.Sprintf("%s says: %q", p.Name, p.Notice))
		}
		for _, c := range p.Computers {
			if c.Why != "" && c.Primed {
				lines = append(lines, fmt.Sprintf("%s at %s: %s", p.Name, c.Workstation, c.Why))
			}
		}
	}
	return items, lines
}

// filtered returns the phones that the flags ask for.
func filtered(r authn.Roster, which who) ([]authn.Site, error) {
	if which.user != "" {
		if _, err := knownUser(r.Users, which.user); err != nil {
			return nil, err
		}
	}
	phones := phonesOf(r, which.user)
	if len(phones) == 0 {
		return nil, noPhone(r, which.user)
	}
	if which.phone != "" {
		one, err := phoneNamed(phones, which.phone)
		if err != nil {
			return nil, err
		}
		phones = []authn.RosterPhone{one}
	}
	return names(phones, func(p authn.RosterPhone) authn.Site { return authn.Phone(p.Name) }), nil
}

// iconsOf returns a phone's icons; a phone without one is a row too.
func iconsOf(p authn.PhoneView) []iconJSON {
	bare := iconJSON{Phone: p.Name, User: p.User, Platform: p.Platform, Version: p.Version, State: "not_paired", ReplacedBy: p.ReplacedBy, Notice: p.Notice}
	if len(p.Computers) == 0 {
		return []iconJSON{bare}
	}
	icons := make([]iconJSON, len(p.Computers))
	for n, c := range p.Computers {
		i := bare
		i.Workstation, i.OfflineMode, i.Why, i.State, i.Passkey = c.Workstation, c.OfflineMode, c.Why, iconState(c), c.Passkey
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
	case c.PairedAgain:
		return "paired_again"
	case !c.Primed:
		return "not_primed"
	case c.NoOfflineMode == string(hypr.CodeOfflineDisabled):
		return "offline_mode_off"
	case !c.OfflineMode:
		return c.NoOfflineMode
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
	case "paired_again":
		return "paired again, no online login since"
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
	pins, expires, phone := "-", "-", i.Phone
	if i.Of > 0 {
		pins = fmt.Sprintf("%d of %d", i.Left, i.Of)
	}
	if i.ExpiresAt != nil {
		expires = d.when(i.ExpiresAt.time(), snap.Now)
	}
	if i.ReplacedBy != "" {
		phone += " (replaced by " + i.ReplacedBy + ")"
	}
	return []string{phone, i.User, orName(i.Workstation, "-"), stateText(i.State), pins, expires, yes(i.Passkey), i.Platform + " " + i.Version}
}

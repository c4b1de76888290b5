package show

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
)

// IconJSON is a phone's icon of a workstation.
type IconJSON struct {
	Phone       string     `json:"phone"`
	User        string     `json:"user"`
	Platform    string     `json:"platform"`
	Version     string     `json:"version"`
	Workstation string     `json:"workstation"`
	State       string     `json:"state"`
	OfflineMode bool       `json:"offline_mode"`
	Why         string     `json:"why"`
	Left        int        `json:"left"`
	Of          int        `json:"of"`
	Low         bool       `json:"low"`
	IssuedAt    *app.Stamp `json:"issued_at"`
	ExpiresAt   *app.Stamp `json:"expires_at"`
	HiddenAt    *app.Stamp `json:"hidden_at"`
	Passkey     bool       `json:"passkey"`
	ReplacedBy  string     `json:"replaced_by"`
	// Notice is what the phone's main screen says (H16).
	Notice string `json:"notice"`
}

// Icons returns the icons of phones, and a table of them.
func Icons(d *app.Deps, snap authn.Snapshot, phones []authn.PhoneView) (items []IconJSON, lines []string) {
	rows := [][]string{{"phone", "user", "workstation", "state", "pins", "expires", "passkey", "app"}}
	for _, p := range phones {
		for _, i := range iconsOf(p) {
			items = append(items, i)
			rows = append(rows, iconRow(d, i, snap))
		}
	}
	if !slices.ContainsFunc(snap.Workstations,
		func(w authn.WorkstationView) bool { return w.Family == authn.FamilyHYPR }) {
		for i, row := range rows { // nothing of HYPR's is there to pair with
			rows[i] = []string{row[0], row[1], row[7]}
		}
	}
	lines = app.Table(rows)
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

// iconsOf returns a phone's icons; a phone without icons gets one row.
func iconsOf(p authn.PhoneView) []IconJSON {
	bare := IconJSON{Phone: p.Name, User: p.User, Platform: p.Platform, Version: p.Version, State: stateNotPaired,
		ReplacedBy: p.ReplacedBy, Notice: p.Notice}
	if len(p.Computers) == 0 {
		return []IconJSON{bare}
	}
	icons := make([]IconJSON, len(p.Computers))
	for n, c := range p.Computers {
		i := bare
		i.Workstation, i.OfflineMode, i.Why, i.State, i.Passkey = c.Workstation, c.OfflineMode, c.Why, iconState(c), c.Passkey
		if c.Set != nil {
			i.Left, i.Of, i.Low = c.Set.Left, c.Set.Of, c.Set.Low
			i.IssuedAt, i.ExpiresAt = app.StampOf(c.Set.IssuedAt), app.StampOf(c.Set.ExpiresAt)
		}
		if c.Shown != nil {
			i.HiddenAt = app.StampOf(c.Shown.HiddenAt)
		}
		icons[n] = i
	}
	return icons
}

// States of an icon that are also a code or an event.
const (
	stateNotPaired   = string(hypr.CodeNotPaired)
	stateNotPrimed   = string(hypr.CodeNotPrimed)
	statePINsExpired = string(hypr.EventPINsExpired)
	statePINsLow     = string(hypr.EventPINsLow)
)

// iconState returns an icon's most urgent state.
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
		return stateNotPrimed
	case c.NoOfflineMode == string(hypr.CodeOfflineDisabled):
		return "offline_mode_off"
	case !c.OfflineMode:
		return c.NoOfflineMode
	case c.Set == nil:
		return "no_pins"
	case c.Set.Expired:
		return statePINsExpired
	case c.Set.Left == 0:
		return "pins_used_up"
	case c.Set.Low:
		return statePINsLow
	}
	return "ready"
}

// stateText words a state.
func stateText(state string) string {
	switch state {
	case "pin_visible":
		return "PIN visible"
	case "offers_pin":
		return "offers a PIN"
	case stateNotPrimed:
		return "no online login yet"
	case "paired_again":
		return "paired again, no online login since"
	case "no_pins":
		return "no PINs"
	case statePINsExpired:
		return "PINs expired"
	case "pins_used_up":
		return "no PINs left"
	case statePINsLow:
		return "PINs low"
	}
	return strings.ReplaceAll(state, "_", " ")
}

func iconRow(d *app.Deps, i IconJSON, snap authn.Snapshot) []string {
	pins, expires, phone := "-", "-", i.Phone
	if i.Of > 0 {
		pins = fmt.Sprintf("%d of %d", i.Left, i.Of)
	}
	if i.ExpiresAt != nil {
		expires = d.When(i.ExpiresAt.Time(), snap.Now)
	}
	if i.ReplacedBy != "" {
		phone += " (replaced by " + i.ReplacedBy + ")"
	}
	return []string{phone, i.User, cmp.Or(i.Workstation, "-"), stateText(i.State), pins, expires, app.Yes(i.Passkey),
		i.Platform + " " + i.Version}
}

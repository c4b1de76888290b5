package clock

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

// NewLink returns the command "link" with all below it.
func NewLink(d *app.Deps) *cobra.Command {
	return app.Noun("link", app.GroupWorld, "the lines between the sites, to cut and to spoil",
		newLinkShow(d), leaf.New(d, linkSet()), leaf.New(d, linkFault()))
}

type linkJSON struct {
	Site        authn.Site   `json:"site"`
	State       authn.Uplink `json:"state"`
	SkewSeconds float64      `json:"skew_seconds"`
}

type faultJSON struct {
	Kind    authn.FaultKind `json:"kind"`
	Message string          `json:"message"`
	Nth     int             `json:"nth"`
}

func newLinkShow(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "show",
		Short: "show the uplinks, and the faults that wait",
		Long: `Show each site's uplink: up, down, or captive (up to the site itself, but
nothing gets through, H46), how far its clock is off, the Bluetooth links that
are down, and the one-shot faults that have not struck yet.`,
		Example: `  offauth link show`,
		Report: func(_ context.Context, _ *app.Deps, _ *app.World, snap authn.Snapshot, _ string, rep *app.Report) error {
			items, faults := []linkJSON{}, []faultJSON{}
			rows := [][]string{{"site", "uplink", "clock"}}
			for _, l := range snap.Links {
				items = append(items, linkJSON{l.Site, l.State, l.Skew.Seconds()})
				clock := show.SkewText(l.Skew)
				if _, _, near := l.Site.BluetoothEnds(); near {
					clock = "-"
				}
				rows = append(rows, []string{string(l.Site), string(l.State), clock})
			}
			rep.Lines = app.Table(rows)
			for _, f := range snap.Faults {
				faults = append(faults, faultJSON(f))
				rep.Lines = append(rep.Lines, faultText(f))
			}
			rep.Result = struct {
				app.List[linkJSON]
				Faults []faultJSON `json:"faults"`
			}{app.ListOf(items), faults}
			return nil
		},
	})
}

func linkSet() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.SetLink{},
		Short:  "cut a site off, or let it talk again",
		Long: `Set a site's uplink. Two sites talk when both uplinks are up. A phone whose
uplink is down knows that it has no internet (H16); captive, like a hotel's
network, is up to the site itself but lets nothing through (H46).

A site is server, phone/NAME, workstation/NAME or provider/NAME. The Bluetooth
between a phone and a workstation, which uplinks do not touch (H36), is
bluetooth:PHONE,WORKSTATION; it is up or down.`,
		Example: `  offauth link set phone/pixel down
  offauth link set workstation/LAPTOP-7 captive
  offauth link set provider/bank down
  offauth link set bluetooth:pixel,LAPTOP-7 down`,
		Missing: "which site, and {up | down | captive}",
		Check: func(c *leaf.Call) error {
			if state := c.Text("state"); !c.Accepts("state", state) {
				hint := "offauth link set " + app.ShellWord(c.Text("site")) + " {up | down | captive}"
				return app.Usage([]string{hint}, "an uplink is up, down or captive, not %q", state)
			}
			return nil
		},
		Pick: func(_ context.Context, c *leaf.Call) error {
			site, err := pick.SiteOf(c.Roster, c.Text("site"), true)
			c.Set("site", string(site))
			return err
		},
		Lines: func(c *leaf.Call, _ leaf.None) []string {
			site := authn.Site(c.Text("site"))
			first := fmt.Sprintf("%s: the %s is %s", site, lineOf(site), c.Text("state"))
			return append([]string{first}, broughtAbout(c.Outcome.Events)...)
		},
	}
}

// broughtAbout words the events that follow when sites can talk again: an
// answered tap, an ended offer, an administrator's order.
func broughtAbout(events []authn.Event) []string {
	var lines []string
	for _, e := range events {
		user, _, _ := strings.Cut(e.Subject, "@")
		switch e.Kind {
		case hypr.EventUnlocked:
			lines = append(lines, fmt.Sprintf("%s: unlocked %v for %s", e.Site.Name(), e.Fields["mode"], user))
		case hypr.EventPINsStored:
			lines = append(lines, fmt.Sprintf("%s: took %v new PINs for %s", e.Site.Name(), e.Fields["count"], e.Subject))
		case hypr.EventOfferWithdrawn:
			lines = append(lines, fmt.Sprintf("%s: no longer offers a PIN for %s", e.Site.Name(), e.Subject))
		case hypr.EventDirectoryUnlocked:
			lines = append(lines, fmt.Sprintf("%s: takes PINs of %s again", e.Site.Name(), user))
		case hypr.EventUnpaired:
			lines = append(lines, fmt.Sprintf("%s: deleted what it had of %v, which was replaced", e.Site.Name(),
				e.Fields["phone"]))
		}
	}
	return lines
}

// lineOf returns the name of a site's kind of line.
func lineOf(site authn.Site) string {
	if _, _, near := site.BluetoothEnds(); near {
		return "Bluetooth"
	}
	return "uplink"
}

func linkFault() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.SetFault{},
		Short:  "let one message be lost, delivered twice or changed",
		Long: `Let the next message of a kind, or the n-th next, be lost, delivered twice or
changed on its way. It happens once. The kinds of messages are:
` + folded(verb.MessageKinds()) + `.`,
		Example: `  offauth link fault drop pin_set
  offauth link fault tamper unlock_request --nth 2`,
		Missing: "what happens, {drop | replay | tamper}, and to which kind of message",
		Flags:   map[string]leaf.Flag{"nth": {Text: "the `N`-th next message of the kind", Number: 1}},
		Check: func(c *leaf.Call) error {
			kind, message, help := c.Text("fault"), c.Text("message"), "offauth link fault --help"
			switch {
			case !c.Accepts("fault", kind):
				return app.Usage([]string{help}, "a fault is drop, replay or tamper, not %q", kind)
			case !c.Accepts("message", message):
				return app.NoSuch(app.CodeNoSuchMessage, "kind of message", message, verb.MessageKinds(), help)
			case c.Values["nth"].(int) < 1:
				return app.Usage(nil, "--nth counts from 1, the next message of its kind")
			}
			return nil
		},
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			f := authn.FaultView{Kind: authn.FaultKind(c.Text("fault")), Message: c.Text("message"), Nth: c.Values["nth"].(int)}
			rep.Result, rep.Lines = faultJSON(f), []string{faultText(f)}
			return nil
		},
	}
}

// faultText words a fault that has not struck yet.
func faultText(f authn.FaultView) string {
	if f.Nth == 1 {
		return fmt.Sprintf("fault: %s the next message %s", f.Kind, f.Message)
	}
	return fmt.Sprintf("fault: %s message %s number %d from now", f.Kind, f.Message, f.Nth)
}

// folded wraps a list in lines that fit the help.
func folded(words []string) string {
	lines := app.Wrapped(strings.Join(words, ", "), 79)
	return strings.Join(lines, "\n")
}

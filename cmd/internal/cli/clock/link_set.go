package clock

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type linkSetOptions struct {
	deps *app.Deps

	site  string
	state authn.Uplink
}

func newLinkSetCmd(d *app.Deps) *cobra.Command {
	o := &linkSetOptions{deps: d}
	return &cobra.Command{
		Use:   "set <site> {up | down | captive}",
		Short: "cut a site off, or let it talk again",
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
		Args: app.Exactly(2, "which site, and {up | down | captive}"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.site, o.state = args[0], authn.Uplink(args[1])
			switch o.state {
			case authn.Up, authn.Down, authn.Captive:
				return runLinkSet(cmd.Context(), o)
			}
			return app.Usage([]string{"offauth link set " + app.ShellWord(o.site) + " {up | down | captive}"}, "an uplink is up, down or captive, not %q", args[1])
		},
	}
}

type linkSetJSON struct {
	Site  authn.Site   `json:"site"`
	State authn.Uplink `json:"state"`
}

func runLinkSet(ctx context.Context, o *linkSetOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		site, err := pick.SiteOf(ctx, w, o.site, true)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, authn.SetLink{Site: site, State: o.state})
		if err != nil {
			return err
		}
		lines := append([]string{fmt.Sprintf("%s: the %s is %s", site, lineOf(site), o.state)}, broughtAbout(out.Events)...)
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: linkSetJSON{site, o.state}, Lines: lines})
	})
}

// broughtAbout says what happened because sites can talk again: a tap that
// waited is answered, an offer ends, an order of the administrator's arrives.
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
			lines = append(lines, fmt.Sprintf("%s: deleted what it had of %v, which was replaced", e.Site.Name(), e.Fields["phone"]))
		}
	}
	return lines
}

// lineOf says what kind of line a site's is.
func lineOf(site authn.Site) string {
	if _, _, near := site.BluetoothEnds(); near {
		return "Bluetooth"
	}
	return "uplink"
}

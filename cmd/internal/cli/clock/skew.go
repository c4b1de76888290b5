package clock

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type clockSkewOptions struct {
	deps *app.Deps

	site string
	by   time.Duration
}

func newClockSkewCmd(d *app.Deps) *cobra.Command {
	o := &clockSkewOptions{deps: d}
	return &cobra.Command{
		Use:   "skew <site> <span>",
		Short: "set a site's clock wrong",
		Long: `Set how far a site's clock is off the world's: 5m is ahead, -5m is behind, 0s is
right again. A site is server, phone/NAME, workstation/NAME or provider/NAME.
A clock shows 1970, where one with a dead battery begins, to 2250.`,
		Example: `  offauth clock skew phone/pixel 5m
  offauth clock skew workstation/LAPTOP-7 -90s`,
		Args: app.Exactly(2, "which site, and how far its clock is off"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.site = args[0]
			if o.by, err = app.ParseSpan(args[1]); err != nil {
				return err
			}
			return runClockSkew(cmd.Context(), o)
		},
	}
}

type skewJSON struct {
	Site        authn.Site `json:"site"`
	SkewSeconds float64    `json:"skew_seconds"`
}

func runClockSkew(ctx context.Context, o *clockSkewOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		site, err := pick.SiteOf(ctx, w, o.site, false)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, authn.SkewClock{Site: site, By: o.by})
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: skewJSON{site, o.by.Seconds()}, Lines: []string{fmt.Sprintf("%s: the clock is %s", site, show.SkewText(o.by))}})
	})
}

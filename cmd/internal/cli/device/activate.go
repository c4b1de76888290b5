package device

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type deviceActivateOptions struct {
	deps *app.Deps

	app.Who
	methods string
	stdin   bool
}

func newDeviceActivateCmd(d *app.Deps) *cobra.Command {
	o := &deviceActivateOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "activate",
		Short: "register the phone for one-time passwords, with online methods",
		Long: `Register the phone's app with the server, with its online methods: DEVICE,
DEVICE:PIN. Offline methods come later, one at a time (E3, E4). A phone that
is activated again begins anew, without the methods that were added.`,
		Example: `  offauth device activate --methods DEVICE`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceActivate(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.methods, "methods", "DEVICE,DEVICE:PIN", "the `METHODS`, with commas")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the PIN from the first line of stdin")
	o.Bind(cmd)
	return cmd
}

type activateJSON struct {
	Phone        string   `json:"phone"`
	User         string   `json:"user"`
	Registration string   `json:"registration"`
	Methods      []string `json:"methods"`
}

func runDeviceActivate(ctx context.Context, o *deviceActivateOptions) error {
	d := o.deps
	methods, err := methodsOf([]string{o.methods})
	if err != nil {
		return err
	}
	return d.Within(ctx, func(w *app.World) error {
		r, phone, err := pick.RosterAndPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		a := encap.Activate{Phone: phone, Methods: methods}
		for _, m := range methods {
			if m == encap.DevicePIN {
				if a.PIN, err = d.NewPIN(ctx, "new PIN of DEVICE:PIN on "+phone, "offauth device activate --stdin < pin.txt", o.stdin); err != nil {
					return err
				}
			}
		}
		out, err := pick.Act(ctx, w, r, a)
		if err != nil {
			return err
		}
		v, err := app.ResultOf[encap.ActivateResult](out)
		if err != nil {
			return err
		}
		next, err := pick.NextAfter(ctx, w, phone, "")
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out,
			Lines:  []string{fmt.Sprintf("%s: activated for %s with %s", v.Phone, v.User, strings.Join(pick.MethodStrings(v.Methods), ", "))},
			Result: activateJSON{Phone: v.Phone, User: v.User, Registration: v.Registration, Methods: pick.MethodStrings(v.Methods)},
			Next:   next})
	})
}

// methodsOf reads methods that stand in words, or with commas in one.
func methodsOf(words []string) ([]encap.Method, error) {
	var methods []encap.Method
	for name := range strings.SplitSeq(strings.Join(words, ","), ",") {
		m, err := encap.ParseMethod(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		methods = append(methods, m)
	}
	return methods, nil
}

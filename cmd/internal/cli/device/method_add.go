package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type deviceMethodAddOptions struct {
	deps *app.Deps

	app.Who
	methods   []string
	biometric string
	stdin     bool
}

func newDeviceMethodAddCmd(d *app.Deps) *cobra.Command {
	o := &deviceMethodAddOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "add <methods>",
		Short: "add a method, or give one a new PIN (addOrUpdate)",
		Long: `Add one method to the phone (E4), right after an online authentication (E5). The
application must allow it (E1). The offline PIN may differ from the online PIN
(E7), and changing one leaves the other (E8).`,
		Example: `  offauth admin policy set encap.add.methods=DEVICE
  offauth device auth --method DEVICE
  offauth device method add OFFLINE`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return app.Usage([]string{"offauth device method add OFFLINE:PIN"}, "say which method")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.methods = args
			return runDeviceMethodAdd(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.biometric, "biometric", encap.BiometricOK, "`HOW` a finger or face does: {ok | fail}")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the method's PIN from the first line of stdin")
	o.Bind(cmd)
	return cmd
}

type methodAddedJSON struct {
	Phone   string   `json:"phone"`
	User    string   `json:"user"`
	Method  string   `json:"method"`
	Updated bool     `json:"updated"`
	Methods []string `json:"methods"`
}

func runDeviceMethodAdd(ctx context.Context, o *deviceMethodAddOptions) error {
	d := o.deps
	methods, err := methodsOf(o.methods)
	if err != nil {
		return err
	}
	return d.Within(ctx, func(w *app.World) error {
		r, phone, err := pick.RosterAndPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		a := encap.AddMethod{Phone: phone, Methods: methods}
		if m := methods[0]; len(methods) == 1 && m.WantsPIN() {
			if a.PIN, err = d.NewPIN(ctx, fmt.Sprintf("new PIN of %s on %s", m, phone), fmt.Sprintf("offauth device method add %s --stdin < pin.txt", m), o.stdin); err != nil {
				return err
			}
		}
		if methods[0].Biometric() {
			a.Biometric = o.biometric
		}
		out, err := pick.Act(ctx, w, r, a)
		if err != nil {
			return err
		}
		v, err := app.ResultOf[encap.AddResult](out)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s: %s added for %s", v.Phone, v.Method, v.User)
		if v.Updated {
			line = fmt.Sprintf("%s: %s updated for %s", v.Phone, v.Method, v.User)
		}
		rep := app.Report{World: w.Name, Outcome: out, Lines: []string{line},
			Result: methodAddedJSON{Phone: v.Phone, User: v.User, Method: string(v.Method), Updated: v.Updated, Methods: pick.MethodStrings(v.Methods)}}
		if rep.Next, err = pick.NextAfter(ctx, w, phone, ""); err != nil {
			return err
		}
		return d.Print(rep)
	})
}

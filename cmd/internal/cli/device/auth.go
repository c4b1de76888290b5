package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type deviceAuthOptions struct {
	deps *app.Deps

	app.Who
	method string
	stdin  bool
}

func newDeviceAuthCmd(d *app.Deps) *cobra.Command {
	o := &deviceAuthOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "authenticate online, which lets one method be added",
		Long: `Authenticate online with DEVICE or DEVICE:PIN. In the 300 seconds after it one
method may be added (E5), if this one may authorise that (E6). Wrong PINs in a
row lock (E26). The PIN is asked for without echo, or read with --stdin.`,
		Example: `  offauth device auth --method DEVICE`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceAuth(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.method, "method", string(encap.DevicePIN), "the `METHOD`: {DEVICE | DEVICE:PIN}")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the online PIN from the first line of stdin")
	o.Bind(cmd)
	return cmd
}

type authJSON struct {
	Phone  string `json:"phone"`
	User   string `json:"user"`
	Method string `json:"method"`
}

func runDeviceAuth(ctx context.Context, o *deviceAuthOptions) error {
	d := o.deps
	method, err := encap.ParseMethod(o.method)
	if err != nil {
		return err
	}
	return d.Within(ctx, func(w *app.World) error {
		r, phone, err := pick.RosterAndPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		view, err := encapView(ctx, w, phone)
		if err != nil {
			return err
		}
		a := encap.Auth{Phone: phone, Method: method}
		// Nobody is asked for a PIN that the phone would not take.
		if method == encap.DevicePIN && view.Registration != "" {
			if a.PIN, err = d.SecretFrom(ctx, "online PIN of "+phone, "offauth device auth --stdin < pin.txt", o.stdin); err != nil {
				return err
			}
		}
		out, err := pick.Act(ctx, w, r, a)
		if err != nil {
			return err
		}
		v, err := app.ResultOf[encap.AuthResult](out)
		if err != nil {
			return err
		}
		next, err := pick.NextAfter(ctx, w, phone, v.Method)
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Lines: []string{fmt.Sprintf("%s: %s authenticated online with %s", v.Phone, v.User, v.Method)},
			Result: authJSON{Phone: v.Phone, User: v.User, Method: string(v.Method)}, Next: next})
	})
}

// encapView is what a phone has of encap; the zero view if nothing.
func encapView(ctx context.Context, w *app.World, phone string) (authn.EncapView, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.Phone(phone)}})
	if err != nil || len(snap.Phones) == 0 || snap.Phones[0].Encap == nil {
		return authn.EncapView{}, err
	}
	return *snap.Phones[0].Encap, nil
}

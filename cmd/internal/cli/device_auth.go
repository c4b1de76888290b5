package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

type deviceAuthOptions struct {
	deps *Deps

	who
	method string
	stdin  bool
}

func newDeviceAuthCmd(d *Deps) *cobra.Command {
	o := &deviceAuthOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "authenticate online, which lets one method be added",
		Long: `Authenticate online with DEVICE or DEVICE:PIN. In the 300 seconds after it one
method may be added (E5), if this one may authorise that (E6). Wrong PINs in a
row lock (E26). The PIN is asked for without echo, or read with --stdin.`,
		Example: `  offauth device auth --method DEVICE`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceAuth(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.method, "method", string(encap.DevicePIN), "the `METHOD`: {DEVICE | DEVICE:PIN}")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the online PIN from the first line of stdin")
	o.bindPhone(cmd)
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
	return d.within(ctx, func(w *World) error {
		r, phone, err := d.rosterPhone(ctx, w, o.who)
		if err != nil {
			return err
		}
		view, err := w.encapView(ctx, phone)
		if err != nil {
			return err
		}
		a := encap.Auth{Phone: phone, Method: method}
		// Nobody is asked for a PIN that the phone would not take.
		if method == encap.DevicePIN && view.Registration != "" {
			if a.PIN, err = d.secretFrom(ctx, "online PIN of "+phone, "offauth device auth --stdin < pin.txt", o.stdin); err != nil {
				return err
			}
		}
		out, err := w.actEncap(ctx, r, a)
		if err != nil {
			return err
		}
		v, err := resultOf[encap.AuthResult](out)
		if err != nil {
			return err
		}
		next, err := w.nextAfter(ctx, phone, v.Method)
		if err != nil {
			return err
		}
		return d.print(report{world: w.Name, outcome: out, lines: []string{fmt.Sprintf("%s: %s authenticated online with %s", v.Phone, v.User, v.Method)},
			result: authJSON{Phone: v.Phone, User: v.User, Method: string(v.Method)}, next: next})
	})
}

// encapView is what a phone has of encap; the zero view if nothing.
func (w *World) encapView(ctx context.Context, phone string) (authn.EncapView, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.Phone(phone)}})
	if err != nil || len(snap.Phones) == 0 || snap.Phones[0].Encap == nil {
		return authn.EncapView{}, err
	}
	return *snap.Phones[0].Encap, nil
}

package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/encap"
)

type deviceActivateOptions struct {
	deps *Deps

	who
	methods string
	stdin   bool
}

func newDeviceActivateCmd(d *Deps) *cobra.Command {
	o := &deviceActivateOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "activate",
		Short: "register the phone for one-time passwords, with online methods",
		Long: `Register the phone's app with the server, with its online methods: DEVICE,
DEVICE:PIN. Offline methods come later, one at a time (E3, E4). A phone that
is activated again begins anew, without the methods that were added.`,
		Example: `  offauth device activate --methods DEVICE`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceActivate(cmd.Context(), o) },
	}
	cmd.Flags().StringVar(&o.methods, "methods", "DEVICE,DEVICE:PIN", "the `METHODS`, with commas")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the PIN from the first line of stdin")
	o.bindPhone(cmd)
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
	return d.within(ctx, func(w *World) error {
		r, phone, err := d.rosterPhone(ctx, w, o.who)
		if err != nil {
			return err
		}
		a := encap.Activate{Phone: phone, Methods: methods}
		for _, m := range methods {
			if m == encap.DevicePIN {
				if a.PIN, err = d.newPIN(ctx, "new PIN of DEVICE:PIN on "+phone, "offauth device activate --stdin < pin.txt", o.stdin); err != nil {
					return err
				}
			}
		}
		out, err := w.actEncap(ctx, r, a)
		if err != nil {
			return err
		}
		v, err := resultOf[encap.ActivateResult](out)
		if err != nil {
			return err
		}
		next, err := w.nextAfter(ctx, phone, "")
		if err != nil {
			return err
		}
		return d.print(report{world: w.Name, outcome: out,
			lines:  []string{fmt.Sprintf("%s: activated for %s with %s", v.Phone, v.User, strings.Join(methodStrings(v.Methods), ", "))},
			result: activateJSON{Phone: v.Phone, User: v.User, Registration: v.Registration, Methods: methodStrings(v.Methods)},
			next:   next})
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

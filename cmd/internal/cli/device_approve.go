package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

type deviceApproveOptions struct {
	deps *Deps

	who
	method, biometric string
	stdin             bool
}

func newDeviceApproveCmd(d *Deps) *cobra.Command {
	o := &deviceApproveOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "approve",
		Short: "approve what was scanned, and get the one-time password",
		Long: `Approve what was scanned and get the one-time password (E21), without network
(E19). The phone cannot tell a wrong offline PIN: it gives a code that the
server refuses (E24). The PIN is asked for without echo, or read with --stdin.`,
		Example: `  offauth provider challenge --method OFFLINE -q | offauth device scan -
  offauth device approve`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.biometric != encap.BiometricOK && o.biometric != encap.BiometricFail {
				return usage(nil, "--biometric is ok or fail, not %q", o.biometric)
			}
			return runDeviceApprove(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.method, "method", "", "the `METHOD`; that of what was scanned, if not said")
	cmd.Flags().StringVar(&o.biometric, "biometric", encap.BiometricOK, "`HOW` a finger or face does: {ok | fail}")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the offline PIN from the first line of stdin")
	o.bindPhone(cmd)
	return cmd
}

type approveJSON struct {
	Phone     string `json:"phone"`
	Provider  string `json:"provider"`
	Session   string `json:"session"`
	Method    string `json:"method"`
	OTP       string `json:"otp"`
	ExpiresAt *stamp `json:"expires_at"`
	Simulated bool   `json:"simulated"`
}

func runDeviceApprove(ctx context.Context, o *deviceApproveOptions) error {
	d := o.deps
	if err := d.heard(); err != nil {
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
		a, err := o.action(ctx, phone, view.Operation)
		if err != nil {
			return err
		}
		out, err := w.actEncap(ctx, r, a)
		if err != nil {
			return err
		}
		v, err := resultOf[encap.ApproveResult](out)
		if err != nil {
			return err
		}
		code := v.Code.Reveal()
		return d.print(report{world: w.Name, outcome: out, bare: []string{code}, talk: []string{simulatedData},
			lines: []string{fmt.Sprintf("%s  (%s for %s with %s, expires %s)", code, v.Provider, v.Phone, v.Method, d.when(v.ExpiresAt, out.At))},
			result: approveJSON{Phone: v.Phone, Provider: v.Provider, Session: v.Session, Method: string(v.Method), OTP: code,
				ExpiresAt: stampOf(v.ExpiresAt), Simulated: true},
			hints: []string{"offauth provider verify " + v.Provider}})
	})
}

// action asks the person for what the method wants, and shows first what is
// approved (E20). Where the phone would refuse, nobody is asked.
func (o *deviceApproveOptions) action(ctx context.Context, phone string, open *authn.OperationView) (encap.Approve, error) {
	d := o.deps
	a := encap.Approve{Phone: phone, Method: encap.Offline}
	if o.method != "" {
		m, err := encap.ParseMethod(o.method)
		if err != nil {
			return a, err
		}
		a.Method = m
	}
	if open == nil {
		return a, nil
	}
	if o.method == "" {
		a.Method = encap.Method(open.Method)
	}
	if string(a.Method) != open.Method {
		return a, nil
	}
	d.talk("%s asks %s for %s", open.Provider, phone, open.Method)
	for _, line := range asked(open.Title, open.Content, open.MIME) {
		d.talk("%s", line)
	}
	var err error
	if a.Method.WantsPIN() {
		a.PIN, err = d.secretFrom(ctx, "offline PIN of "+phone, "offauth device approve --stdin < pin.txt", o.stdin)
	}
	if a.Method.Biometric() {
		a.Biometric = o.biometric
	}
	return a, err
}

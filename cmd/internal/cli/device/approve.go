package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type deviceApproveOptions struct {
	deps *app.Deps

	app.Who
	method, biometric string
	stdin             bool
}

func newDeviceApproveCmd(d *app.Deps) *cobra.Command {
	o := &deviceApproveOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "approve",
		Short: "approve what was scanned, and get the one-time password",
		Long: `Approve what was scanned and get the one-time password (E21), without network
(E19). The phone cannot tell a wrong offline PIN: it gives a code that the
server refuses (E24). The PIN is asked for without echo, or read with --stdin.`,
		Example: `  offauth provider challenge --method OFFLINE -q | offauth device scan -
  offauth device approve`,
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.biometric != encap.BiometricOK && o.biometric != encap.BiometricFail {
				return app.Usage(nil, "--biometric is ok or fail, not %q", o.biometric)
			}
			return runDeviceApprove(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.method, "method", "", "the `METHOD`; that of what was scanned, if not said")
	cmd.Flags().StringVar(&o.biometric, "biometric", encap.BiometricOK, "`HOW` a finger or face does: {ok | fail}")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the offline PIN from the first line of stdin")
	o.Bind(cmd)
	return cmd
}

type approveJSON struct {
	Phone     string     `json:"phone"`
	Provider  string     `json:"provider"`
	Session   string     `json:"session"`
	Method    string     `json:"method"`
	OTP       string     `json:"otp"`
	ExpiresAt *app.Stamp `json:"expires_at"`
	Simulated bool       `json:"simulated"`
}

func runDeviceApprove(ctx context.Context, o *deviceApproveOptions) error {
	d := o.deps
	if err := d.NeedStdout(); err != nil {
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
		a, err := o.action(ctx, phone, view.Operation)
		if err != nil {
			return err
		}
		out, err := pick.Act(ctx, w, r, a)
		if err != nil {
			return err
		}
		v, err := app.ResultOf[encap.ApproveResult](out)
		if err != nil {
			return err
		}
		code := v.Code.Reveal()
		return d.Print(app.Report{World: w.Name, Outcome: out, Bare: []string{code}, Talk: []string{show.SimulatedData},
			Lines: []string{fmt.Sprintf("%s  (%s for %s with %s, expires %s)", code, v.Provider, v.Phone, v.Method, d.When(v.ExpiresAt, out.At))},
			Result: approveJSON{Phone: v.Phone, Provider: v.Provider, Session: v.Session, Method: string(v.Method), OTP: code,
				ExpiresAt: app.StampOf(v.ExpiresAt), Simulated: true},
			Hints: []string{"offauth provider verify " + v.Provider}})
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
	d.Talk("%s asks %s for %s", open.Provider, phone, open.Method)
	for _, line := range asked(open.Title, open.Content, open.MIME) {
		d.Talk("%s", line)
	}
	var err error
	if a.Method.WantsPIN() {
		a.PIN, err = d.SecretFrom(ctx, "offline PIN of "+phone, "offauth device approve --stdin < pin.txt", o.stdin)
	}
	if a.Method.Biometric() {
		a.Biometric = o.biometric
	}
	return a, err
}

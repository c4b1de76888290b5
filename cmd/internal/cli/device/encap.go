package device

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

func activate() leaf.Leaf[encap.ActivateResult] {
	return leaf.Leaf[encap.ActivateResult]{
		Action: encap.Activate{}, Places: []string{},
		Short: "register the phone for one-time passwords, with online methods",
		Long: `Register the phone's app with the server, with its online methods: DEVICE,
DEVICE:PIN. Offline methods come later, one at a time (E3, E4). A phone that
is activated again begins anew, without the methods that were added.`,
		Example: `  offauth device activate --methods DEVICE`,
		Flags:   map[string]leaf.Flag{"methods": {Text: "the `METHODS`, with commas", Default: "DEVICE,DEVICE:PIN"}},
		Stdin:   "read the PIN from the first line of stdin",
		Check:   knownMethods,
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			if !slices.Contains(c.Words("methods"), string(encap.DevicePIN)) {
				return authn.Secret{}, nil
			}
			return c.NewPIN(ctx, "new PIN of DEVICE:PIN on "+c.Text("phone"), "offauth device activate --stdin < pin.txt", c.Stdin)
		},
		Report: func(ctx context.Context, c *leaf.Call, r encap.ActivateResult, rep *app.Report) (err error) {
			rep.Lines = []string{fmt.Sprintf("%s: activated for %s with %s", r.Phone, r.User, strings.Join(pick.MethodStrings(r.Methods), ", "))}
			rep.Next, err = pick.NextAfter(ctx, c.World, r.Phone, "")
			return err
		},
	}
}

func auth() leaf.Leaf[encap.AuthResult] {
	return leaf.Leaf[encap.AuthResult]{
		Action: encap.Auth{},
		Short:  "authenticate online, which lets one method be added",
		Long: `Authenticate online with DEVICE or DEVICE:PIN. In the 300 seconds after it one
method may be added (E5), if this one may authorise that (E6). Wrong PINs in a
row lock (E26). The PIN is asked for without echo, or read with --stdin.`,
		Example: `  offauth device auth --method DEVICE`,
		Flags:   map[string]leaf.Flag{"method": {Text: "the `METHOD`: {DEVICE | DEVICE:PIN}", Default: string(encap.DevicePIN)}},
		Places:  []string{},
		Stdin:   "read the online PIN from the first line of stdin",
		Check: func(c *leaf.Call) error {
			m, err := encap.ParseMethod(c.Text("method"))
			c.Set("method", string(m))
			return err
		},
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			view, err := encapView(ctx, c.World, c.Text("phone"))
			// Nobody is asked for a PIN that the phone would not take.
			if err != nil || c.Text("method") != string(encap.DevicePIN) || view.Registration == "" {
				return authn.Secret{}, err
			}
			return c.SecretFrom(ctx, "online PIN of "+c.Text("phone"), "offauth device auth --stdin < pin.txt", c.Stdin)
		},
		Report: func(ctx context.Context, c *leaf.Call, r encap.AuthResult, rep *app.Report) (err error) {
			rep.Lines = []string{fmt.Sprintf("%s: %s authenticated online with %s", r.Phone, r.User, r.Method)}
			rep.Next, err = pick.NextAfter(ctx, c.World, r.Phone, r.Method)
			return err
		},
	}
}

func methodAdd() leaf.Leaf[encap.AddResult] {
	return leaf.Leaf[encap.AddResult]{
		Action: encap.AddMethod{},
		Short:  "add a method, or give one a new PIN (addOrUpdate)",
		Long: `Add one method to the phone (E4), right after an online authentication (E5). The
application must allow it (E1). The offline PIN may differ from the online PIN
(E7), and changing one leaves the other (E8).`,
		Example: `  offauth admin policy set encap.add.methods=DEVICE
  offauth device auth --method DEVICE
  offauth device method add OFFLINE`,
		Flags: map[string]leaf.Flag{"biometric": {Text: "`HOW` a finger or face does: {ok | fail}", Default: encap.BiometricOK}},
		Stdin: "read the method's PIN from the first line of stdin",
		Check: func(c *leaf.Call) error {
			if len(c.Words("methods")) == 0 {
				return app.Usage([]string{"offauth device method add OFFLINE:PIN"}, "say which method")
			}
			if err := knownMethods(c); err != nil {
				return err
			}
			if !encap.Method(c.Words("methods")[0]).Biometric() {
				c.Set("biometric", "")
			}
			return nil
		},
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			m := encap.Method(c.Words("methods")[0])
			if len(c.Words("methods")) > 1 || !m.WantsPIN() {
				return authn.Secret{}, nil
			}
			hint := fmt.Sprintf("offauth device method add %s --stdin < pin.txt", m)
			return c.NewPIN(ctx, fmt.Sprintf("new PIN of %s on %s", m, c.Text("phone")), hint, c.Stdin)
		},
		Report: func(ctx context.Context, c *leaf.Call, r encap.AddResult, rep *app.Report) (err error) {
			what := "added"
			if r.Updated {
				what = "updated"
			}
			rep.Lines = []string{fmt.Sprintf("%s: %s %s for %s", r.Phone, r.Method, what, r.User)}
			rep.Next, err = pick.NextAfter(ctx, c.World, r.Phone, "")
			return err
		},
	}
}

func passcode() leaf.Leaf[encap.PasscodeResult] {
	return leaf.Leaf[encap.PasscodeResult]{
		Action: encap.Passcode{},
		Short:  "enter the phone's own passcode, which ends a biometric lock",
		Long: `Enter the phone's own passcode. Five biometric failures in a row lock biometrics
until that is done (E34). The passcode itself is the phone's matter and is not
asked for.`,
		Example: `  offauth device passcode`,
		Lines: func(_ *leaf.Call, r encap.PasscodeResult) []string {
			if r.Unlocked {
				return []string{r.Phone + ": passcode entered; biometrics work again"}
			}
			return []string{r.Phone + ": passcode entered; biometrics were not locked"}
		},
	}
}

// knownMethods spells the methods of a command line as the core does.
func knownMethods(c *leaf.Call) error {
	words := c.Words("methods")
	for i, word := range words {
		m, err := encap.ParseMethod(word)
		if err != nil {
			return err
		}
		words[i] = string(m)
	}
	return nil
}

// encapView is what a phone has of encap; the zero view if nothing.
func encapView(ctx context.Context, w *app.World, phone string) (authn.EncapView, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.Phone(phone)}})
	if err != nil || len(snap.Phones) == 0 || snap.Phones[0].Encap == nil {
		return authn.EncapView{}, err
	}
	return *snap.Phones[0].Encap, nil
}

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

package device

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
is activated again starts without the methods that were added.`,
		Example: `  offauth device activate --methods DEVICE`,
		Flags:   map[string]leaf.Flag{"methods": {Text: "the `METHODS`, with commas", Default: "DEVICE,DEVICE:PIN"}},
		Stdin:   "read the PIN from the first line of stdin",
		Check:   knownMethods,
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			if !slices.Contains(c.Words("methods"), string(encap.DevicePIN)) {
				return authn.Secret{}, nil
			}
			return c.NewPIN(ctx, "new PIN of DEVICE:PIN on "+c.Text("phone"), "offauth device activate --stdin < pin.txt",
				c.Stdin)
		},
		Report: func(ctx context.Context, c *leaf.Call, r encap.ActivateResult, rep *app.Report) (err error) {
			rep.Lines = []string{fmt.Sprintf("%s: activated for %s with %s", r.Phone, r.User,
				strings.Join(pick.MethodStrings(r.Methods), ", "))}
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
		Flags: map[string]leaf.Flag{"method": {Text: "the `METHOD`: {DEVICE | DEVICE:PIN}",
			Default: string(encap.DevicePIN)}},
		Places: []string{},
		Stdin:  "read the online PIN from the first line of stdin",
		Check: func(c *leaf.Call) error {
			m, err := encap.ParseMethod(c.Text("method"))
			c.Set("method", string(m))
			return err
		},
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			view, err := encapView(ctx, c.World, c.Text("phone"))
			// Do not ask for a PIN that the phone would not take.
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
		Flags: map[string]leaf.Flag{"biometric": {Text: "`HOW` a finger or face does: {ok | fail}",
			Default: encap.BiometricOK}},
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

// knownMethods returns methods in the core's spelling, or an error for an
// unknown one.
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

// encapView returns a phone's Encap state, or a zero view.
func encapView(ctx context.Context, w *app.World, phone string) (authn.EncapView, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.Phone(phone)}})
	if err != nil || len(snap.Phones) == 0 || snap.Phones[0].Encap == nil {
		return authn.EncapView{}, err
	}
	return *snap.Phones[0].Encap, nil
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

func approve() leaf.Leaf[encap.ApproveResult] {
	return leaf.Leaf[encap.ApproveResult]{
		Action: encap.Approve{}, Places: []string{},
		Short: "approve what was scanned, and get the one-time password",
		Long: `Approve what was scanned and get the one-time password (E21), without network
(E19). The phone cannot tell a wrong offline PIN: it gives a code that the
server refuses (E24). The PIN is asked for without echo, or read with --stdin.`,
		Example: `  offauth provider challenge --method OFFLINE -q | offauth device scan -
  offauth device approve`,
		Flags: map[string]leaf.Flag{
			"method":    {Text: "the `METHOD`; that of what was scanned, if not said", Optional: true},
			"biometric": {Text: "`HOW` a finger or face does: {ok | fail}", Default: encap.BiometricOK},
		},
		Stdin: "read the offline PIN from the first line of stdin",
		Check: func(c *leaf.Call) error {
			if word := c.Text("biometric"); !c.Accepts("biometric", word) {
				return app.Usage(nil, "--biometric is ok or fail, not %q", word)
			}
			return c.NeedStdout()
		},
		Secret: approved,
		Report: func(_ context.Context, c *leaf.Call, r encap.ApproveResult, rep *app.Report) error {
			code := r.Code.Reveal()
			rep.Bare, rep.Talk, rep.Hints = []string{code}, []string{show.SimulatedData},
				[]string{"offauth provider verify " + r.Provider}
			rep.Lines = []string{fmt.Sprintf("%s  (%s for %s with %s, expires %s)",
				code, r.Provider, r.Phone, r.Method, c.When(r.ExpiresAt, c.Outcome.At))}
			rep.Result = approveJSON{Phone: r.Phone, Provider: r.Provider, Session: r.Session, Method: string(r.Method),
				OTP:       code,
				ExpiresAt: app.StampOf(r.ExpiresAt), Simulated: true}
			return nil
		},
	}
}

// approved shows what is approved (E20) and asks for what the method needs. It
// does not ask if the phone would refuse.
func approved(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
	var none authn.Secret
	phone, biometric := c.Text("phone"), c.Text("biometric")
	c.Set("biometric", "")
	view, err := encapView(ctx, c.World, phone)
	if err != nil {
		return none, err
	}
	open, method := view.Operation, encap.Offline
	switch word := c.Text("method"); {
	case word != "":
		if method, err = encap.ParseMethod(word); err != nil {
			return none, err
		}
	case open != nil:
		method = encap.Method(open.Method)
	}
	c.Set("method", string(method))
	if open == nil || string(method) != open.Method {
		return none, nil
	}
	c.Talkf("%s asks %s for %s", open.Provider, phone, open.Method)
	for _, line := range asked(open.Title, open.Content, open.MIME) {
		c.Talkf("%s", line)
	}
	if method.Biometric() {
		c.Set("biometric", biometric)
	}
	if !method.WantsPIN() {
		return none, nil
	}
	return c.SecretFrom(ctx, "offline PIN of "+phone, "offauth device approve --stdin < pin.txt", c.Stdin)
}

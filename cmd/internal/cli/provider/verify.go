package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type providerVerifyOptions struct {
	deps *app.Deps

	provider, session string
	stdin             bool
}

func newProviderVerifyCmd(d *app.Deps) *cobra.Command {
	o := &providerVerifyOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "verify [provider]",
		Short: "type a one-time password into the site",
		Long: `Type the one-time password that the phone shows into the provider's site (E21).
It is taken once (E30), for the context that was shown (E22), before the
session ends (E29). A wrong one leaves the session open, until the third in a
row locks the method (E26, E31).

It is asked for without echo, or read from the first line of stdin with
--stdin; never an argument. Blanks and hyphens do not matter.`,
		Example: `  offauth provider challenge --method OFFLINE -q | offauth device scan -
  offauth device approve -q | offauth provider verify bank --stdin`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return codeAsArgument()
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.provider = app.Arg(args, 0)
			return runProviderVerify(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.session, "session", "", "the `SESSION`; the newest if not said")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the code from the first line of stdin")
	return cmd
}

type verifyJSON struct {
	Provider string `json:"provider"`
	Session  string `json:"session"`
	User     string `json:"user"`
	Phone    string `json:"phone"`
	Method   string `json:"method"`
	Approved bool   `json:"approved"`
}

func runProviderVerify(ctx context.Context, o *providerVerifyOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		if o.provider != "" && app.IndexName(r.Providers, o.provider) < 0 && strings.Trim(o.provider, "0123456789 -") == "" {
			return codeAsArgument()
		}
		provider, err := pick.Provider(w, r, o.provider)
		if err != nil {
			return err
		}
		code, err := d.SecretFrom(ctx, "one-time password for "+provider, "offauth device approve -q | offauth provider verify "+provider+" --stdin", o.stdin)
		if err != nil {
			return err
		}
		out, err := pick.Act(ctx, w, r, encap.Verify{Provider: provider, Session: o.session, Code: code})
		if err != nil {
			pick.MeanSubject(d, r, err)
			return err
		}
		v, err := app.ResultOf[encap.VerifyResult](out)
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out,
			Lines:  []string{fmt.Sprintf("%s: approved by %s of %s with %s (session %s)", v.Provider, v.Phone, v.User, v.Method, v.Session)},
			Result: verifyJSON{Provider: v.Provider, Session: v.Session, User: v.User, Phone: v.Phone, Method: string(v.Method), Approved: v.Approved}})
	})
}

// codeAsArgument refuses a one-time password on the command line, without
// repeating it.
func codeAsArgument() *authn.Fault {
	return app.Usage([]string{"offauth provider verify", "offauth device approve -q | offauth provider verify --stdin"},
		"that is no provider, and a one-time password is never an argument: everybody on the machine sees it in the list of processes, and the shell keeps it")
}

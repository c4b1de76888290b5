package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func verify() leaf.Leaf[encap.VerifyResult] {
	return leaf.Leaf[encap.VerifyResult]{
		Action: encap.Verify{},
		Short:  "type a one-time password into the site",
		Long: `Type the one-time password that the phone shows into the provider's site (E21).
It is taken once (E30), for the context that was shown (E22), before the
session ends (E29). A wrong one leaves the session open, until the third in a
row locks the method (E26, E31).

It is asked for without echo, or read from the first line of stdin with
--stdin; never an argument. Blanks and hyphens do not matter.`,
		Example: `  offauth provider challenge --method OFFLINE -q | offauth device scan -
  offauth device approve -q | offauth provider verify bank --stdin`,
		Flags: map[string]leaf.Flag{"session": {Text: "the `SESSION`; the newest if not said"}},
		Stdin: "read the code from the first line of stdin",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return codeAsArgument()
			}
			return nil
		},
		Pick: func(_ context.Context, c *leaf.Call) error {
			name := c.Text("provider")
			if name != "" && app.IndexName(c.Roster.Providers, name) < 0 && strings.Trim(name, "0123456789 -") == "" {
				return codeAsArgument()
			}
			name, err := pick.Provider(c.World, c.Roster, name)
			c.Set("provider", name)
			return err
		},
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			provider := c.Text("provider")
			hint := "offauth device approve -q | offauth provider verify " + provider + " --stdin"
			return c.SecretFrom(ctx, "one-time password for "+provider, hint, c.Stdin)
		},
		Lines: func(_ *leaf.Call, r encap.VerifyResult) []string {
			return []string{fmt.Sprintf("%s: approved by %s of %s with %s (session %s)", r.Provider, r.Phone, r.User, r.Method, r.Session)}
		},
	}
}

// codeAsArgument refuses a one-time password on the command line, without
// repeating it.
func codeAsArgument() *authn.Fault {
	return app.Usage([]string{"offauth provider verify", "offauth device approve -q | offauth provider verify --stdin"},
		"that is no provider, and a one-time password is never an argument: everybody on the machine sees it in the list of processes, and the shell keeps it")
}

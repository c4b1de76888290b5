package provider

import (
	"context"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func add() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.AddProvider{}, Missing: "what the provider is called",
		Short: "add a service provider's site",
		Long: `Add a service provider's site: the one that shows a QR code, and takes the
one-time password that a phone makes of it (E9, E21).

Offline methods are off until the application allows them (E1), and need a
length of one-time passwords (E2): see "offauth admin policy explain".`,
		Example: `  offauth provider add shop`,
		Report: func(ctx context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) (err error) {
			rep.Lines, rep.Result = []string{c.Text("name") + ": added"}, map[string]string{"provider": c.Text("name")}
			rep.Next, err = pick.NextAfter(ctx, c.World, "", "")
			return err
		},
	}
}

package admin

import (
	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
)

// New returns the command "admin" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("admin", app.GroupWorld, "the administrator's desk: settings and users",
		app.Noun("policy", "", "the settings of the products",
			newPolicyShow(d), leaf.New(d, policySet()), newPolicyExplain(d)),
		app.Noun("user", "", "the users of the directory",
			leaf.New(d, userAdd()), newUserList(d), newUserShow(d), leaf.New(d, userUnlock()),
			leaf.New(d, setPassword()), leaf.New(d, setPIN()), leaf.New(d, resetPIN())),
		app.Noun("authenticator", "", "the Digipass authenticators of users", leaf.New(d, assign()), leaf.New(d, resync())),
		app.Noun("offline-data", "", "the server's records of offline authentication data", newOfflineDataList(d),
			leaf.New(d, deleteData())),
		newAudit(d))
}

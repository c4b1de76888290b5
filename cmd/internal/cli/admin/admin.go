package admin

import (
	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// New returns the command "admin" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("admin", app.GroupWorld, "the administrator's desk: settings and users",
		app.Noun("policy", "", "the settings of the products",
			newAdminPolicyShowCmd(d), newAdminPolicySetCmd(d), newAdminPolicyExplainCmd(d)),
		app.Noun("user", "", "the users of the directory",
			newAdminUserAddCmd(d), newAdminUserListCmd(d), newAdminUserShowCmd(d), newAdminUserUnlockCmd(d),
			newAdminUserSetPasswordCmd(d), newAdminUserSetPINCmd(d), newAdminUserResetPINCmd(d)),
		app.Noun("authenticator", "", "the Digipass authenticators of users", newAdminAuthenticatorAssignCmd(d), newAdminAuthenticatorResyncCmd(d)),
		app.Noun("offline-data", "", "the server's records of offline authentication data", newAdminOfflineDataListCmd(d), newAdminOfflineDataDeleteCmd(d)),
		newAdminAuditCmd(d))
}

package cli

import "github.com/spf13/cobra"

func newAdminCmd(d *Deps) *cobra.Command {
	return parent("admin", groupWorld, "the administrator's desk: settings and users",
		parent("policy", "", "the settings of the products",
			newAdminPolicyShowCmd(d), newAdminPolicySetCmd(d), newAdminPolicyExplainCmd(d)),
		parent("user", "", "the users of the directory",
			newAdminUserAddCmd(d), newAdminUserListCmd(d), newAdminUserShowCmd(d), newAdminUserUnlockCmd(d),
			newAdminUserSetPasswordCmd(d), newAdminUserSetPINCmd(d), newAdminUserResetPINCmd(d)),
		parent("authenticator", "", "the Digipass authenticators of users", newAdminAuthenticatorAssignCmd(d), newAdminAuthenticatorResyncCmd(d)),
		parent("offline-data", "", "the server's records of offline authentication data", newAdminOfflineDataListCmd(d), newAdminOfflineDataDeleteCmd(d)),
		newAdminAuditCmd(d))
}

package cli

import "github.com/spf13/cobra"

func newAdminCmd(d *Deps) *cobra.Command {
	return parent("admin", groupWorld, "the administrator's desk: settings and users",
		parent("policy", "", "the settings of the products",
			newAdminPolicyShowCmd(d, nil), newAdminPolicySetCmd(d, nil), newAdminPolicyExplainCmd(d, nil)),
		parent("user", "", "the users of the directory",
			newAdminUserAddCmd(d, nil), newAdminUserListCmd(d, nil), newAdminUserShowCmd(d, nil), newAdminUserUnlockCmd(d, nil),
			newAdminUserSetPasswordCmd(d, nil), newAdminUserSetPINCmd(d, nil), newAdminUserResetPINCmd(d, nil)),
		parent("authenticator", "", "the Digipass authenticators of users", newAdminAuthenticatorAssignCmd(d, nil), newAdminAuthenticatorResyncCmd(d, nil)),
		parent("offline-data", "", "the server's records of offline authentication data", newAdminOfflineDataListCmd(d, nil), newAdminOfflineDataDeleteCmd(d, nil)),
		newAdminAuditCmd(d, nil))
}

package onespan

import (
	"strings"

	"github.com/offauth/offauth/authn"
)

// CodeNoTray refuses Actions of the Tray Agent where it is not installed.
const CodeNoTray authn.Code = "tray_agent_missing"

// TrayAgentMissing returns the refusal of an Action of the Tray Agent at a
// workstation without one (O12, O56).
func TrayAgentMissing(workstation, user string) *authn.Refusal {
	return &authn.Refusal{
		Code: CodeNoTray, Rule: "O56", Site: authn.Workstation(workstation), Subject: user + "@" + workstation,
		Message: "the Tray Agent is not installed on " + workstation,
		Hints: []string{
			"an online logon brings and renews the data without it: `offauth workstation login " + workstation + "`",
			"the administrator installs it: a workstation has it unless it is added with --no-tray",
		},
		Fields: map[string]any{},
	}
}

// withoutTray replaces hints that need the Tray Agent.
func withoutTray(hints []string) []string {
	r := strings.NewReplacer("offauth tray update", "offauth workstation login", "offauth tray status",
		"offauth workstation status")
	out := make([]string, len(hints))
	for i, h := range hints {
		out[i] = r.Replace(h)
	}
	return out
}

// The parts of a credential, as views name them, in the order in which they
// are typed (O26, O27).
const (
	PartPassword = "static_password"
	PartPIN      = "server_pin"
	PartOTP      = "otp"
)

// Credentials returns the parts of an online logon's credential.
func (s Settings) Credentials() []string { return wanted(s.PasswordRequired, s.PINRequired) }

func wanted(password, pin bool) []string {
	all := []string{}
	if password {
		all = append(all, PartPassword)
	}
	if pin {
		all = append(all, PartPIN)
	}
	return append(all, PartOTP)
}

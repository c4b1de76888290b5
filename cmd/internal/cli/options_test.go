package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// seen returns a stand-in for a command that writes its options down.
func seen[O any](into *string) func(context.Context, *O) error {
	return func(_ context.Context, o *O) error {
		*into = fmt.Sprintf("%+v", *o)
		return nil
	}
}

func TestCommandLinesMakeOptions(t *testing.T) {
	t.Parallel()
	var got string
	commands := map[string]func(*Deps) *cobra.Command{
		"unlock":   func(d *Deps) *cobra.Command { return newDeviceUnlockCmd(d, seen[deviceUnlockOptions](&got)) },
		"register": func(d *Deps) *cobra.Command { return newDeviceRegisterCmd(d, seen[deviceRegisterOptions](&got)) },
		"pair":     func(d *Deps) *cobra.Command { return newDevicePairCmd(d, seen[devicePairOptions](&got)) },
		"login":    func(d *Deps) *cobra.Command { return newWorkstationLoginCmd(d, seen[workstationLoginOptions](&got)) },
		"add":      func(d *Deps) *cobra.Command { return newWorkstationAddCmd(d, seen[workstationAddOptions](&got)) },
		"set":      func(d *Deps) *cobra.Command { return newAdminPolicySetCmd(d, seen[adminPolicySetOptions](&got)) },
		"link":     func(d *Deps) *cobra.Command { return newLinkSetCmd(d, seen[linkSetOptions](&got)) },
		"fault":    func(d *Deps) *cobra.Command { return newLinkFaultCmd(d, seen[linkFaultOptions](&got)) },
		"advance":  func(d *Deps) *cobra.Command { return newClockAdvanceCmd(d, seen[clockAdvanceOptions](&got)) },
		"back":     func(d *Deps) *cobra.Command { return newClockBackCmd(d, seen[clockBackOptions](&got)) },
		"clockset": func(d *Deps) *cobra.Command { return newClockSetCmd(d, seen[clockSetOptions](&got)) },
		"skew":     func(d *Deps) *cobra.Command { return newClockSkewCmd(d, seen[clockSkewOptions](&got)) },
		"log":      func(d *Deps) *cobra.Command { return newLogCmd(d, seen[logOptions](&got)) },
		"explain":  func(d *Deps) *cobra.Command { return newExplainCmd(d, seen[explainOptions](&got)) },
		"replace":  func(d *Deps) *cobra.Command { return newDeviceReplaceCmd(d, seen[deviceReplaceOptions](&got)) },
		"passkey": func(d *Deps) *cobra.Command {
			return newDevicePasskeyUnlockCmd(d, seen[devicePasskeyUnlockOptions](&got))
		},
		"adduser":   func(d *Deps) *cobra.Command { return newAdminUserAddCmd(d, seen[adminUserAddOptions](&got)) },
		"free":      func(d *Deps) *cobra.Command { return newAdminUserUnlockCmd(d, seen[adminUserUnlockOptions](&got)) },
		"audit":     func(d *Deps) *cobra.Command { return newAdminAuditCmd(d, seen[adminAuditOptions](&got)) },
		"challenge": func(d *Deps) *cobra.Command { return newProviderChallengeCmd(d, seen[providerChallengeOptions](&got)) },
		"verify":    func(d *Deps) *cobra.Command { return newProviderVerifyCmd(d, seen[providerVerifyOptions](&got)) },
		"activate":  func(d *Deps) *cobra.Command { return newDeviceActivateCmd(d, seen[deviceActivateOptions](&got)) },
		"auth":      func(d *Deps) *cobra.Command { return newDeviceAuthCmd(d, seen[deviceAuthOptions](&got)) },
		"method":    func(d *Deps) *cobra.Command { return newDeviceMethodAddCmd(d, seen[deviceMethodAddOptions](&got)) },
		"scan":      func(d *Deps) *cobra.Command { return newDeviceScanCmd(d, seen[deviceScanOptions](&got)) },
		"approve":   func(d *Deps) *cobra.Command { return newDeviceApproveCmd(d, seen[deviceApproveOptions](&got)) },
		"delete":    func(d *Deps) *cobra.Command { return newWorldDeleteCmd(d, seen[worldDeleteOptions](&got)) },
	}
	for _, row := range []struct{ args, want string }{
		{"unlock", "who:{phone: user:} workstation:"},
		{"unlock DESK --phone pixel --user bob", "who:{phone:pixel user:bob} workstation:DESK"},
		{"unlock DESK LAPTOP", `error: "unlock" takes one argument`},
		{"register pixel", "name:pixel user: platform: version:"},
		{"register pixel --user al --platform ios --version 3.7", "name:pixel user:al platform:ios version:3.7"},
		{"register", "error: say what the phone is called"},
		{"pair DESK", "who:{phone: user:} workstation:DESK"},
		{"login DESK --user bob --stdin", "workstation:DESK user:bob stdin:true"},
		{"login DESK ABCDEFGH", "error: that is no workstation, and a PIN is never an argument"},
		{"add DESK --family hypr --version 2.5", "name:DESK family:hypr version:2.5"},
		{"add DESK --family onespan --no-tray", "name:DESK family:onespan version: noTray:true"},
		{"add DESK --family hypr --no-tray", "error: --no-tray leaves OneSpan's Tray Agent out"},
		{"add DESK", "error: say the family"},
		{"add DESK --family mac", `error: there is no family "mac"`},
		{"set a=1 b=x=y", "settings:[{Key:a Value:1} {Key:b Value:x=y}]"},
		{"set a", `error: "a" is not KEY=VALUE`},
		{"set", "error: say which setting"},
		{"link server captive", "site:server state:captive"},
		{"link server off", "error: an uplink is up, down or captive"},
		{"fault drop pin_set", "kind:drop message:pin_set nth:1"},
		{"fault tamper pin_set --nth 3", "kind:tamper message:pin_set nth:3"},
		{"fault tamper pin_set --nth 0", "error: --nth counts from 1"},
		{"fault burn pin_set", "error: a fault is drop, replay or tamper"},
		{"advance 1d", "by:86400000000000"},
		{"back 1d", "by:86400000000000"},
		{"clockset 1500-01-01T00:00:00Z", `error: "1500-01-01T00:00:00Z" is no time`},
		{"skew server 5m", "site:server by:300000000000"},
		{"log", "site: kind: subject: user: since: last:100 follow:false"},
		{"log -f --site server --kind refused --subject x --user bob --since 1h --last 0", "site:server kind:refused subject:x user:bob since:1h last:0 follow:true"},
		{"explain  PIN is expired.", "words:PIN is expired."},
		{"pair DESK --passkey", "workstation:DESK passkey:true"},
		{"replace old new --platform ios --version 3.7", "old:old new:new platform:ios version:3.7"},
		{"replace old", "error: say which phone is lost"},
		{"passkey DESK --phone pixel", "who:{phone:pixel user:} workstation:DESK"},
		{"adduser nomad --roaming", "name:nomad roaming:true"},
		{"free alice", "name:alice"},
		{"free", "name:"},
		{"audit", "user: since: last:100 lines:false"},
		{"audit --user bob --since 1h --last 0 --lines", "user:bob since:1h last:0 lines:true"},
		{"audit --last -1", "error: --last is a number of events"},
		{"challenge bank --context Pay --method OFFLINE --png a.png --text", "provider:bank method:OFFLINE title: context:Pay mime: png:a.png svg: text:true"},
		{"challenge", "error: say with which method"},
		{"challenge --method TELEPATHY", `error: no method is called "TELEPATHY"`},
		{"verify bank --session S --stdin", "provider:bank session:S stdin:true"},
		{"verify bank 123456", "error: that is no provider, and a one-time password is never an argument"},
		{"activate --methods DEVICE --phone p", "who:{phone:p user:} methods:DEVICE stdin:false"},
		{"auth", "method:DEVICE:PIN stdin:false"},
		{"method OFFLINE:PIN --biometric fail", "methods:[OFFLINE:PIN] biometric:fail"},
		{"method", "error: say which method"},
		{"scan a.png --which 2", "file:a.png which:2"},
		{"approve --method OFFLINE --biometric fail", "method:OFFLINE biometric:fail stdin:false"},
		{"approve --biometric maybe", "error: --biometric is ok or fail"},
		{"delete lab --force", "name:lab force:true"},
		{"delete", "error: say which world"},
	} {
		name, rest, _ := strings.Cut(row.args, " ")
		cmd := commands[name](&Deps{})
		cmd.SetArgs(strings.Fields(rest))
		cmd.SetOut(io.Discard)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		got = ""
		err := cmd.Execute()
		if err != nil {
			got = "error: " + err.Error()
		}
		if !strings.Contains(got, row.want) {
			t.Errorf("%s: %s, want %s", row.args, got, row.want)
		}
	}
}

func TestEveryLeafIsDocumentedAndRefusesWhatItDoesNotTake(t *testing.T) {
	t.Parallel()
	walk(NewRoot(&Deps{Program: "offauth"}), func(cmd *cobra.Command) {
		if cmd.HasSubCommands() || !ours(cmd) {
			return
		}
		path := cmd.CommandPath()
		if cmd.Long == "" || cmd.Short == "" || cmd.Example == "" || cmd.Args == nil {
			t.Errorf("%s lacks its short or long text, its examples or its arguments", path)
		}
		for _, line := range strings.Split(cmd.Long, "\n") {
			if len(line) > 80 {
				t.Errorf("%s: a line of its help has %d columns", path, len(line))
			}
		}
		if first := cmd.Short[:1]; strings.ToUpper(first) == first || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: the short text is to begin small and end without a full stop", path)
		}
	})
}

func TestTheFirstPageOfHelpFitsATerminal(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	lines := strings.Split(strings.TrimSuffix(f.ok("--help"), "\n"), "\n")
	if len(lines) > 23 {
		t.Errorf("it has %d lines; 24 with the prompt below is what fits", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("over 80 columns: %q", line)
		}
	}
}

// walk visits a command and all below it.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		walk(c, visit)
	}
}

// ours reports whether a command is offauth's own and not cobra's.
func ours(cmd *cobra.Command) bool {
	for c := cmd; c != nil; c = c.Parent() {
		if c.Name() == "completion" || c.Name() == "help" {
			return false
		}
	}
	return true
}

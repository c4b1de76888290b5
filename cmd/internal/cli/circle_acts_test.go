package cli

import (
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// commandOf writes an Action as a command line; nil for those that the circle
// test leaves out, as their refusals are of what is typed.
func commandOf(a authn.Action) []string {
	switch a := a.(type) {
	case hypr.Pair:
		return flagged2(a.Passkey, "--passkey", "device", "pair", a.Workstation, "--phone", a.Phone)
	case hypr.Tap:
		return flagged2(a.Long, "--press=long", "device", "tap", a.Workstation, "--phone", a.Phone)
	case hypr.Unlock:
		return []string{"device", "unlock", a.Workstation, "--phone", a.Phone}
	case hypr.PasskeyUnlock:
		return []string{"device", "passkey", "unlock", a.Workstation, "--phone", a.Phone}
	case hypr.Login:
		return []string{"workstation", "login", a.Workstation, "--user", a.User}
	case onespan.Logon:
		return []string{"workstation", "login", a.Workstation, "--user", a.User}
	case onespan.Update:
		return []string{"tray", "update", a.Workstation, "--user", a.User}
	case onespan.OTP:
		return []string{"device", "otp", "--phone", a.Phone}
	case onespan.Assign:
		return []string{"admin", "authenticator", "assign", a.Phone, "--type", string(a.Type)}
	case onespan.Resync:
		return []string{"admin", "authenticator", "resync", a.Phone}
	case authn.AddWorkstation:
		return []string{"workstation", "add", a.Name, "--family", string(a.Family)}
	case authn.RegisterDevice:
		return []string{"device", "register", a.Name, "--user", a.User}
	case authn.AddProvider:
		return []string{"provider", "add", a.Name}
	}
	return encapCommandOf(a)
}

func encapCommandOf(a authn.Action) []string {
	switch a := a.(type) {
	case encap.Activate:
		return []string{"device", "activate", "--phone", a.Phone, "--methods", strings.Join(methodStrings(a.Methods), ",")}
	case encap.Auth:
		return []string{"device", "auth", "--phone", a.Phone, "--method", string(a.Method)}
	case encap.AddMethod:
		if len(a.Methods) == 1 {
			return []string{"device", "method", "add", string(a.Methods[0]), "--phone", a.Phone}
		}
	case encap.Challenge:
		return append([]string{"provider", "challenge", a.Provider, "--method", string(a.Method), "--text"}, whom(a.User, a.Phone)...)
	case encap.Scan:
		return []string{"device", "scan", "-", "--phone", a.Phone}
	case encap.Approve:
		return []string{"device", "approve", "--phone", a.Phone}
	case encap.Verify:
		return []string{"provider", "verify", a.Provider}
	}
	return nil
}

func flagged2(is bool, flag string, args ...string) []string {
	if is {
		args = append(args, flag)
	}
	return args
}

func whom(user, phone string) []string {
	if phone != "" {
		return []string{"--phone", phone}
	}
	return []string{"--user", user}
}

// stdinOf is what an Action reads that is no secret.
func stdinOf(a authn.Action) string {
	if scan, ok := a.(encap.Scan); ok {
		return scan.Data + "\n"
	}
	return ""
}

// typedIn is the secret of an Action that a phone had shown before.
func typedIn(a authn.Action) string {
	switch a := a.(type) {
	case hypr.Login:
		return a.PIN.Reveal()
	case encap.Verify:
		return a.Code.Reveal()
	}
	return ""
}

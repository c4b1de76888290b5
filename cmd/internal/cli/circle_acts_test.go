package cli

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

// commandOf returns an Action as a command line; nil for those that no story
// has refused.
func commandOf(a authn.Action) []string {
	switch a := a.(type) {
	case hypr.Pair:
		return flagged2(a.Passkey, "--passkey", "device", "pair", a.Workstation, "--phone", a.Phone)
	case hypr.Tap:
		return flagged2(a.Long, "--press=long", "device", "tap", a.Workstation, "--phone", a.Phone)
	case hypr.Unlock:
		return flagged2(a.Next, "--next", "device", "unlock", a.Workstation, "--phone", a.Phone)
	case hypr.PasskeyUnlock:
		return []string{"device", "passkey", "unlock", a.Workstation, "--phone", a.Phone}
	case hypr.Login:
		return []string{"workstation", "login", a.Workstation, "--user", a.User}
	case authn.AddWorkstation:
		args := flagged2(a.NoTray, "--no-tray", "workstation", "add", a.Name, "--family", string(a.Family))
		return worded(args, "--version", a.Version)
	case authn.RegisterDevice:
		args := []string{"device", "register", a.Name, "--user", a.User}
		return worded(args, "--platform", a.Platform, "--version", a.Version)
	case authn.ReplaceDevice:
		return worded([]string{"device", "replace", a.Old, a.New}, "--platform", a.Platform, "--version", a.Version)
	case authn.AddProvider:
		return []string{"provider", "add", a.Name}
	case authn.SetPolicy:
		args := worded([]string{"admin", "policy", "set"}, "--user", a.User)
		for _, s := range a.Settings {
			args = append(args, string(s.Key)+"="+s.Value)
		}
		return args
	}
	if args := oneSpanCommandOf(a); args != nil {
		return args
	}
	return encapCommandOf(a)
}

func oneSpanCommandOf(a authn.Action) []string {
	switch a := a.(type) {
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
	case onespan.SetPIN:
		return flagged2(a.Change, "--change", "admin", "user", "set-pin", a.User)
	}
	return nil
}

func encapCommandOf(a authn.Action) []string {
	switch a := a.(type) {
	case encap.Activate:
		return []string{"device", "activate", "--phone", a.Phone, "--methods",
			strings.Join(pick.MethodStrings(a.Methods), ",")}
	case encap.Auth:
		return []string{"device", "auth", "--phone", a.Phone, "--method", string(a.Method)}
	case encap.AddMethod:
		args := append([]string{"device", "method", "add"}, pick.MethodStrings(a.Methods)...)
		return worded(append(args, "--phone", a.Phone), "--biometric", a.Biometric)
	case encap.Challenge:
		args := append([]string{"provider", "challenge", a.Provider, "--method", string(a.Method), "--text"},
			whom(a.User, a.Phone)...)
		return worded(args, "--title", a.Title, "--context", a.Content, "--mime", a.MIME)
	case encap.Scan:
		return []string{"device", "scan", "-", "--phone", a.Phone}
	case encap.Approve:
		return worded([]string{"device", "approve", "--phone", a.Phone}, "--method", string(a.Method), "--biometric",
			a.Biometric)
	case encap.Verify:
		return worded([]string{"provider", "verify", a.Provider}, "--session", a.Session)
	}
	return nil
}

// worded adds the flags that have a value.
func worded(args []string, pairs ...string) []string {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			args = append(args, pairs[i], pairs[i+1])
		}
	}
	return args
}

// another returns how to repeat the refused act: with the right finger, and for
// the newest session if the old one is over.
func (c *circle) another(command []string, r refusedAct) []string {
	command = without(command, "--biometric")
	if r.refusal.Code != encap.CodeMethodLocked && r.refusal.Code != encap.CodeDeviceLocked {
		command = without(command, "--session")
	}
	return command
}

// without removes a flag with its value.
func without(args []string, flag string) []string {
	if i := slices.Index(args, flag); i >= 0 {
		return slices.Delete(slices.Clone(args), i, i+2)
	}
	return args
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

// stdinOf returns the input of an Action that is not a secret.
func stdinOf(a authn.Action) string {
	if scan, ok := a.(encap.Scan); ok {
		return scan.Data + "\n"
	}
	return ""
}

// typedIn returns the secret of an Action.
func typedIn(a authn.Action) authn.Secret {
	switch a := a.(type) {
	case hypr.Login:
		return a.PIN
	case onespan.Logon:
		return a.Password
	case onespan.Update:
		return a.Password
	case onespan.Resync:
		return a.Codes
	case onespan.SetPIN:
		return a.PIN
	case encap.Activate:
		return a.PIN
	case encap.Auth:
		return a.PIN
	case encap.AddMethod:
		return a.PIN
	case encap.Approve:
		return a.PIN
	case encap.Verify:
		return a.Code
	}
	return authn.Secret{}
}

package show

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

// CredentialsJSON names the parts of a credential that policy requires, in the
// order in which they are typed.
type CredentialsJSON struct {
	Online  []string `json:"online"`
	Offline []string `json:"offline"`
}

// CredentialsOf returns the parts that a workstation wants typed.
func CredentialsOf(v authn.WorkstationView) CredentialsJSON {
	return CredentialsJSON{Online: append([]string{}, v.Online...), Offline: append([]string{}, v.Offline...)}
}

// CredentialLines says to a person what is to be typed.
func CredentialLines(indent string, v authn.WorkstationView) []string {
	return []string{
		fmt.Sprintf("%sonline       %s", indent, joinedParts(v.Online)),
		fmt.Sprintf("%soffline      %s", indent, joinedParts(v.Offline)),
	}
}

// joinedParts names the parts of a credential behind each other.
func joinedParts(parts []string) string { return strings.Join(app.NamesOf(parts, partText), ", ") }

func partText(part string) string {
	switch part {
	case onespan.PartPassword:
		return "static password"
	case onespan.PartPIN:
		return "server PIN"
	}
	return "OTP"
}

// CredentialLabel is what the prompt says is to be typed: the parts that policy
// requires, and, where it is so, which of them online or offline alone.
func CredentialLabel(snap authn.Snapshot, view authn.WorkstationView, user string) string {
	var said []string
	for _, part := range []string{onespan.PartPassword, onespan.PartPIN, onespan.PartOTP} {
		switch online, offline := slices.Contains(view.Online, part), slices.Contains(view.Offline, part); {
		case online && offline:
			said = append(said, partText(part))
		case online:
			said = append(said, partText(part)+" (online only)")
		case offline:
			said = append(said, partText(part)+" (offline only)")
		}
	}
	for _, u := range snap.Users {
		if v := u.OneSpan; u.Name == user && v != nil && slices.Contains(view.Online, onespan.PartPIN) && (v.PINForced || !v.HasPIN) {
			if !v.HasPIN {
				said = slices.DeleteFunc(said, func(s string) bool { return strings.HasPrefix(s, partText(onespan.PartPIN)) })
			}
			said = append(said, "new server PIN twice")
		}
	}
	return fmt.Sprintf("%s of %s at %s", strings.Join(said, ", "), user, view.Name)
}

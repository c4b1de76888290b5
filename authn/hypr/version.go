package hypr

import "github.com/offauth/offauth/authn"

// The first versions with Offline Mode (H43).
const (
	minServer  = "3.6"
	minWindows = "2.6"
	minAndroid = "4.3"
	minIOS     = "3.7"
)

// tooOld returns the sides (server, workstation, phone) below their minimum
// version.
func tooOld(server string, workstation, phone peer, t triple) []oldSide {
	app := minAndroid
	if phone.Platform == "ios" {
		app = minIOS
	}
	var old []oldSide
	for _, side := range []oldSide{{sideServer, server, minServer}, {t.Workstation, workstation.Version, minWindows},
		{t.Phone, phone.Version, app}} {
		if authn.VersionBelow(side.Version, side.Minimum) {
			old = append(old, side)
		}
	}
	return old
}

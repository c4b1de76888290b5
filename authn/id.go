package authn

import (
	"errors"
	"fmt"
	"strings"
)

// FamilyName names one product's offline mode.
type FamilyName string

// The families that the simulator knows.
const (
	FamilyHYPR    FamilyName = "hypr"
	FamilyEncap   FamilyName = "encap"
	FamilyOneSpan FamilyName = "onespan"
)

// Role is the type of a site, or the actor of an Action.
type Role string

// The roles. Admin acts on the server; World does what no person of a story
// does, such as moving the clock or cutting a link.
const (
	RoleServer      Role = "server"
	RolePhone       Role = "phone"
	RoleWorkstation Role = "workstation"
	RoleProvider    Role = "provider"
	RoleAdmin       Role = "admin"
	RoleWorld       Role = "world"
)

// Site is the id of a site, which holds state: "server", "phone/NAME",
// "workstation/NAME" or "provider/NAME". "world" holds the clock, the links and
// the roster, which belong to no site.
type Site string

// The sites that every world has.
const (
	SiteServer Site = "server"
	SiteWorld  Site = "world"
)

// Phone returns the site of a phone.
func Phone(name string) Site { return Site(string(RolePhone) + "/" + name) }

// Workstation returns the site of a workstation.
func Workstation(name string) Site { return Site(string(RoleWorkstation) + "/" + name) }

// Provider returns the site of a service provider.
func Provider(name string) Site { return Site(string(RoleProvider) + "/" + name) }

// Bluetooth returns the id of the Bluetooth link between a phone and a
// workstation: "bluetooth:PHONE,WORKSTATION". Uplinks do not affect it.
func Bluetooth(phone, workstation string) Site {
	return Site("bluetooth:" + phone + "," + workstation)
}

// BluetoothEnds returns the phone and the workstation of a Bluetooth link.
func (s Site) BluetoothEnds() (phone, workstation string, ok bool) {
	rest, ok := strings.CutPrefix(string(s), "bluetooth:")
	phone, workstation, comma := strings.Cut(rest, ",")
	return phone, workstation, ok && comma
}

// Role returns the part of the id before the slash.
func (s Site) Role() Role {
	role, _, _ := strings.Cut(string(s), "/")
	return Role(role)
}

// Name returns the part of the id after the slash, which is empty for the
// server.
func (s Site) Name() string {
	_, name, _ := strings.Cut(string(s), "/")
	return name
}

// ErrBadName is the error for a name that is not allowed.
var ErrBadName = errors.New("bad name")

// CheckWorldName checks a world's name: 1 to 32 of a-z, 0-9 and '-', the first
// not '-', and no device name of Windows. The error wraps ErrBadName.
func CheckWorldName(name string) error {
	if !validName(name, 32, isLowerOrDigit, "-") || reservedOnWindows(name) {
		return fmt.Errorf("%w: a world's name has 1 to 32 of a-z, 0-9 and '-', and is no device name of Windows", ErrBadName)
	}
	return nil
}

// CheckName checks the name of a user, phone, workstation or provider: 1 to 64
// letters, digits, '.', '_', '@' and '-', the first a letter or digit. The
// error wraps ErrBadName.
func CheckName(name string) error {
	if !validName(name, 64, isLetterOrDigit, "._@-") {
		return fmt.Errorf("%w: it has 1 to 64 letters, digits, '.', '_', '@' or '-', the first a letter or digit", ErrBadName)
	}
	return nil
}

// FoldName returns a name in lower case. Names with the same folded form are
// the same name (A16). CheckName allows only ASCII, so no Unicode normalisation
// is needed; other characters are left unchanged.
func FoldName(name string) string {
	folded := []byte(name)
	for i, c := range folded {
		if c >= 'A' && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return string(folded)
}

// SameName reports whether two names are equal apart from case.
func SameName(a, b string) bool { return a == b || len(a) == len(b) && FoldName(a) == FoldName(b) }

// validName reports whether a name has 1 to longest characters, each accepted
// by plain or, after the first, one of others. It avoids two regular
// expressions, which would cost every process 0.3 ms at start.
func validName(name string, longest int, plain func(byte) bool, others string) bool {
	if name == "" || len(name) > longest || !plain(name[0]) {
		return false
	}
	for i := 1; i < len(name); i++ {
		if !plain(name[i]) && strings.IndexByte(others, name[i]) < 0 {
			return false
		}
	}
	return true
}

func isLowerOrDigit(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

func isLetterOrDigit(c byte) bool { return isLowerOrDigit(c) || c >= 'A' && c <= 'Z' }

// reservedOnWindows reports whether Windows reserves the name for a device. A
// world's name is also the name of its folder.
func reservedOnWindows(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(name) == 4 && (strings.HasPrefix(name, "com") || strings.HasPrefix(name, "lpt")) && name[3] >= '0' &&
		name[3] <= '9'
}

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

// Role is what a site is, and who may do an Action.
type Role string

// The roles. Admin acts on the server itself; World stands for what no
// person of the story does: moving the clock, cutting a link.
const (
	RoleServer      Role = "server"
	RolePhone       Role = "phone"
	RoleWorkstation Role = "workstation"
	RoleProvider    Role = "provider"
	RoleAdmin       Role = "admin"
	RoleWorld       Role = "world"
)

// Site is the id of a place that holds state: "server", "phone/NAME",
// "workstation/NAME" or "provider/NAME"; "world" holds what belongs to no
// site: the clock, the links and the roster.
type Site string

// The sites that every world has.
const (
	SiteServer Site = "server"
	SiteWorld  Site = "world"
)

// Phone is the site of the phone of that name.
func Phone(name string) Site { return Site(string(RolePhone) + "/" + name) }

// Workstation is the site of the workstation of that name.
func Workstation(name string) Site { return Site(string(RoleWorkstation) + "/" + name) }

// Provider is the site of the service provider of that name.
func Provider(name string) Site { return Site(string(RoleProvider) + "/" + name) }

// Bluetooth names the link between a phone and a workstation that uplinks do
// not touch: "bluetooth:PHONE,WORKSTATION".
func Bluetooth(phone, workstation string) Site {
	return Site("bluetooth:" + phone + "," + workstation)
}

// BluetoothEnds returns the phone and the workstation of a Bluetooth link.
func (s Site) BluetoothEnds() (phone, workstation string, ok bool) {
	rest, ok := strings.CutPrefix(string(s), "bluetooth:")
	phone, workstation, comma := strings.Cut(rest, ",")
	return phone, workstation, ok && comma
}

// Role is the part of the id before the slash.
func (s Site) Role() Role {
	role, _, _ := strings.Cut(string(s), "/")
	return Role(role)
}

// Name is the part of the id behind the slash; empty for the server.
func (s Site) Name() string {
	_, name, _ := strings.Cut(string(s), "/")
	return name
}

// ErrBadName says that a name has a form that no thing of that kind may have.
var ErrBadName = errors.New("bad name")

// CheckWorldName accepts 1 to 32 of a-z, 0-9 and '-', the first not '-'.
// The error wraps ErrBadName.
func CheckWorldName(name string) error {
	if !made(name, 32, isLowerOrDigit, "-") || reservedOnWindows(name) {
		return fmt.Errorf("%w: a world's name has 1 to 32 of a-z, 0-9 and '-', and is no device name of Windows", ErrBadName)
	}
	return nil
}

// CheckName accepts what a user, phone, workstation or provider may be
// called: 1 to 64 of letters, digits, '.', '_', '@' and '-', the first a
// letter or digit. The error wraps ErrBadName.
func CheckName(name string) error {
	if !made(name, 64, isLetterOrDigit, "._@-") {
		return fmt.Errorf("%w: it has 1 to 64 letters, digits, '.', '_', '@' or '-', the first a letter or digit", ErrBadName)
	}
	return nil
}

// FoldName writes a name in lower case: two names that it makes the same are one
// name (A16). Names are plain ASCII (CheckName), so there are no marks to
// combine and no normal forms; a sign outside ASCII stays as it is and is found
// in no name.
func FoldName(name string) string {
	folded := []byte(name)
	for i, c := range folded {
		if c >= 'A' && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return string(folded)
}

// SameName reports whether two names differ by case alone, or not at all.
func SameName(a, b string) bool { return a == b || len(a) == len(b) && FoldName(a) == FoldName(b) }

// made reports whether a name has 1 to longest signs, each plain or, behind the
// first, one of the others. It is written out because two compiled regular
// expressions would cost every process 0.3 ms of its start.
func made(name string, longest int, plain func(byte) bool, others string) bool {
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

// reservedOnWindows holds back the names that Windows keeps for devices, as
// a world's name becomes a folder's.
func reservedOnWindows(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(name) == 4 && (strings.HasPrefix(name, "com") || strings.HasPrefix(name, "lpt")) && name[3] >= '0' &&
		name[3] <= '9'
}

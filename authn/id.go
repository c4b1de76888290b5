package authn

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Family names one product's offline mode.
type Family string

// The families that the simulator knows.
const (
	FamilyHYPR Family = "hypr"
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

var (
	worldName  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	entityName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)
)

// CheckWorldName accepts 1 to 32 of a-z, 0-9 and '-', the first not '-'.
// The error wraps ErrBadName.
func CheckWorldName(name string) error {
	if !worldName.MatchString(name) || reservedOnWindows(name) {
		return fmt.Errorf("%w: a world's name has 1 to 32 of a-z, 0-9 and '-', and is no device name of Windows", ErrBadName)
	}
	return nil
}

// CheckName accepts what a user, phone, workstation or provider may be
// called: 1 to 64 of letters, digits, '.', '_', '@' and '-', the first a
// letter or digit. The error wraps ErrBadName.
func CheckName(name string) error {
	if !entityName.MatchString(name) {
		return fmt.Errorf("%w: it has 1 to 64 letters, digits, '.', '_', '@' or '-', the first a letter or digit", ErrBadName)
	}
	return nil
}

// reservedOnWindows holds back the names that Windows keeps for devices, as
// a world's name becomes a folder's.
func reservedOnWindows(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(name) == 4 && (strings.HasPrefix(name, "com") || strings.HasPrefix(name, "lpt")) && name[3] >= '0' && name[3] <= '9'
}

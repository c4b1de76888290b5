package sim

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// The records of the directory, which have the order of creation.
const (
	deviceRecord = "device" // a family.Device, at its own site
	userRecords  = "user/"  // one per user, at the server
)

// user is a user of the directory.
type user struct {
	Made    uint64    `json:"made"`
	AddedAt time.Time `json:"added_at"`
	Roaming bool      `json:"roaming,omitempty"`
}

// directory finds the users, phones, workstations and providers of a world.
type directory struct{ *ledger }

// noDevice has the code and noun of the fault for a missing device, by role.
var noDevice = map[authn.Role]struct {
	code authn.Code
	hint string
}{
	authn.RolePhone:       {authn.CodeNoPhone, "offauth device status"},
	authn.RoleWorkstation: {CodeNoWorkstation, "offauth workstation list"},
	authn.RoleProvider:    {CodeNoProvider, "offauth world show"},
}

// device returns a phone, a workstation or a provider. A missing one, or a site
// of another role, is a Fault.
func (d directory) device(site authn.Site) (family.Device, error) {
	dev := family.Device{Site: site}
	no, ok := noDevice[site.Role()]
	if !ok {
		return dev, noSuch(CodeNoSite, "site", string(site), "offauth link show")
	}
	there, err := d.load(site, deviceRecord, &dev, nil)
	if err == nil && !there {
		err = noSuch(no.code, string(site.Role()), site.Name(), no.hint)
	}
	return dev, err
}

// devices returns the phones, workstations and providers in the order of their
// creation.
func (d directory) devices() ([]family.Device, error) {
	keys, err := d.keys("", deviceRecord)
	if err != nil {
		return nil, err
	}
	all := []family.Device{}
	for _, key := range keys {
		if key.Name != deviceRecord {
			continue
		}
		dev := family.Device{Site: key.Site}
		if _, err := d.load(key.Site, key.Name, &dev, nil); err != nil {
			return nil, err
		}
		all = append(all, dev)
	}
	slices.SortFunc(all, func(a, b family.Device) int { return cmp.Compare(a.Made, b.Made) })
	return all, nil
}

// user returns a Fault if there is no user of that name.
func (d directory) user(name string) error {
	there, err := d.load(authn.SiteServer, userRecords+name, nil, nil)
	if err == nil && !there {
		err = noSuch(CodeNoUser, "user", name, "offauth admin user list")
	}
	return err
}

// users returns the users in the order of their creation.
func (d directory) users() ([]string, error) {
	keys, err := d.keys(authn.SiteServer, userRecords)
	if err != nil {
		return nil, err
	}
	made := map[string]uint64{}
	names := []string{}
	for _, key := range keys {
		var u user
		if _, err := d.load(key.Site, key.Name, &u, nil); err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(key.Name, userRecords)
		made[name] = u.Made
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(made[a], made[b]) })
	return names, nil
}

// siteExists returns a Fault if there is no site that can have an uplink and a
// clock.
func (d directory) siteExists(site authn.Site) error {
	if site == authn.SiteServer {
		return nil
	}
	_, err := d.device(site)
	return err
}

// claim reserves a name, as it is written, for a new user or site.
func (d directory) claim(role authn.Role, name string, hints ...string) error {
	if err := authn.CheckName(name); err != nil {
		return authn.BadArgument(fmt.Sprintf("%s %q: %v", role, name, err))
	}
	taken, err := d.taken(role, name)
	if err != nil {
		return err
	}
	if taken != "" {
		return &authn.Fault{
			Code: CodeAlreadyThere, Message: fmt.Sprintf("a %s called %q is there already", role, taken), Hints: hints,
		}
	}
	return d.spell(role, name)
}

// forget removes every record of a site, and its name.
func (d directory) forget(site authn.Site) error {
	keys, err := d.keys(site, "")
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := d.remove(key.Site, key.Name); err != nil {
			return err
		}
	}
	return d.unspell(site.Role(), site.Name())
}

// Roster returns the names of the users, phones, workstations and providers,
// from which a command finds its default arguments. It reads no PIN set and
// fires no timer.
func (w *World) Roster(ctx context.Context) (authn.Roster, error) {
	var r authn.Roster
	err := w.cfg.Store.View(ctx, func(reader authn.Reader) error {
		d := directory{newLedger(reader)}
		var err error
		if r.Users, err = d.users(); err != nil {
			return err
		}
		devices, err := d.devices()
		for _, dev := range devices {
			name := dev.Site.Name()
			switch dev.Site.Role() {
			case authn.RolePhone:
				r.Phones = append(r.Phones, authn.RosterPhone{Name: name, User: dev.User, ReplacedBy: dev.ReplacedBy})
			case authn.RoleProvider:
				r.Providers = append(r.Providers, name)
			default:
				r.Workstations = append(r.Workstations, authn.RosterWorkstation{Name: name, Family: dev.Family})
			}
		}
		return err
	})
	return r, err
}

func quote(s string) string { return strconv.Quote(s) }

func noSuch(code authn.Code, what, name string, hints ...string) *authn.Fault {
	return &authn.Fault{Code: code, Message: fmt.Sprintf("no %s is called %q", what, name), Hints: hints}
}

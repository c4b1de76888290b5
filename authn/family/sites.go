package family

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Sites is the interface of a world to its families, during an Action or a
// read.
type Sites interface {
	// Host returns the Host of a site.
	Host(authn.Site) authn.Host
	// KDF returns the KDF cost for new accounts.
	KDF() authn.KDF
	// Now returns the world's time, and Skew how far a site's clock is ahead of
	// it.
	Now() time.Time
	Skew(authn.Site) time.Duration
	// Pump delivers the queued messages and those that they cause. Settle also
	// fires the timers that are due then.
	Pump() error
	Settle() error
	// Device returns a phone, workstation or provider, or a Fault if it is
	// missing; Devices returns all of them. User returns a Fault if there is no
	// such user; Users returns all of them. Both lists are in the order of
	// creation.
	Device(authn.Site) (Device, error)
	Devices() ([]Device, error)
	User(name string) error
	Users() ([]string, error)
	// Timers returns the timers, the earliest first.
	Timers() ([]authn.Timer, error)
	// Events returns the events that a query selects, oldest first; NewEvents
	// those of this Action so far.
	Events(authn.EventQuery) ([]authn.Event, error)
	NewEvents() []authn.Event
}

// Device is a phone, a workstation or a provider. It is stored as JSON.
type Device struct {
	Site authn.Site `json:"-"`
	// Made is the number of the device among the users and sites of the world,
	// in order of creation.
	Made    uint64    `json:"made"`
	AddedAt time.Time `json:"added_at"`
	// User and Platform are set for a phone, Family for a workstation or
	// provider.
	User     string           `json:"user,omitempty"`
	Platform string           `json:"platform,omitempty"`
	Family   authn.FamilyName `json:"family,omitempty"`
	Version  string           `json:"version,omitempty"`
	// ReplacedBy is the phone that replaced this one.
	ReplacedBy string `json:"replaced_by,omitempty"`
}

// Phones returns the phones of a user that were not replaced, in the order of
// registration.
func Phones(s Sites, user string) ([]Device, error) {
	all, err := s.Devices()
	return slices.DeleteFunc(all, func(d Device) bool {
		return d.Site.Role() != authn.RolePhone || d.User != user || d.ReplacedBy != ""
	}), err
}

// WorkstationOf returns a Fault unless there is a workstation of that name with
// the family's client.
func WorkstationOf(s Sites, name string, family authn.FamilyName) error {
	d, err := s.Device(authn.Workstation(name))
	if err == nil && d.Family != family {
		err = WrongClient(d, family)
	}
	return err
}

// WrongClient returns the fault of an Action at a workstation of another
// family.
func WrongClient(d Device, want authn.FamilyName) error {
	return authn.BadArgument(fmt.Sprintf("%s runs the client of %s, and this is done at one of %s", d.Site.Name(),
		d.Family, want),
		"offauth workstation list")
}

// Heir returns the phone in use that replaced a phone, or the phone itself.
func Heir(s Sites, phone string) (string, error) {
	for {
		d, err := s.Device(authn.Phone(phone))
		if err != nil || d.ReplacedBy == "" {
			return phone, err
		}
		phone = d.ReplacedBy
	}
}

// Steps calls the steps in order and delivers the messages of each.
func Steps(s Sites, steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
		if err := s.Pump(); err != nil {
			return err
		}
	}
	return nil
}

// WorldTime converts instants from a site's clock to the world's time. Zero
// instants stay zero.
func WorldTime(s Sites, site authn.Site, at ...*time.Time) {
	for _, t := range at {
		if !t.IsZero() {
			*t = t.Add(-s.Skew(site))
		}
	}
}

// CutOff returns the sites among those given whose uplink is not up.
func CutOff(s Sites, sites ...authn.Site) []authn.Site {
	return slices.DeleteFunc(sites, func(site authn.Site) bool { return s.Host(site).Uplink() == authn.Up })
}

// LookAtLines is the hint of a refusal for a missing answer.
const LookAtLines = "offauth link show"

// LinkUp returns the command that brings up a site's uplink.
func LinkUp(site authn.Site) string { return "offauth link set " + string(site) + " up" }

// Reconnect returns the commands that bring up the uplinks of the given sites
// that are not up, and LookAtLines.
func Reconnect(s Sites, sites ...authn.Site) []string {
	var hints []string
	for _, site := range CutOff(s, sites...) {
		hints = append(hints, LinkUp(site))
	}
	return append(hints, LookAtLines)
}

// BlameClocks adds the skews of some sites' clocks to a refusal that depends on
// comparing them, and puts the commands that remove the skews first. It does
// nothing if all those clocks agree.
func BlameClocks(s Sites, r *authn.Refusal, sites ...authn.Site) {
	if !slices.ContainsFunc(sites, func(site authn.Site) bool { return s.Skew(site) != s.Skew(sites[0]) }) {
		return
	}
	var off, hints []string
	for _, clock := range ClocksOff(s, sites...) {
		off, hints = append(off, clock.String()), append(hints, clock.Repair())
	}
	if r.Fields == nil {
		r.Fields = map[string]any{}
	}
	r.Fields["clocks"] = strings.Join(off, ", ")
	r.Message += "; " + strings.Join(off, ", ")
	r.Hints = append(hints, r.Hints...)
}

// ClocksOff returns the skewed clocks among those of the given sites, sorted by
// name.
func ClocksOff(s Sites, sites ...authn.Site) []authn.ClockOff {
	var off []authn.ClockOff
	for _, site := range slices.Sorted(slices.Values(sites)) {
		if by := s.Skew(site); by != 0 {
			off = append(off, authn.ClockOff{Site: site, By: by})
		}
	}
	return off
}

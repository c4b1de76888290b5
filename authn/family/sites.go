package family

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Sites is what a world gives a family while an Action is done, or while
// somebody looks.
type Sites interface {
	// Host returns what a site stands on.
	Host(authn.Site) authn.Host
	// KDF is the cost for accounts that are new.
	KDF() authn.KDF
	// Now is the world's time, and Skew how far a site's clock is ahead of it.
	Now() time.Time
	Skew(authn.Site) time.Duration
	// Pump delivers the messages that are under way, and those that they bring
	// about. Settle also fires the timers that are due after that.
	Pump() error
	Settle() error
	// Device finds a phone, workstation or provider; Devices lists them, and
	// Users the users, in the order in which they were made. What is not there
	// is a Fault.
	Device(authn.Site) (Device, error)
	Devices() ([]Device, error)
	User(name string) error
	Users() ([]string, error)
	// Timers lists those that are set, the next one first.
	Timers() ([]authn.Timer, error)
	// Events returns what a query selects, oldest first; NewEvents those of
	// this Action so far.
	Events(authn.EventQuery) ([]authn.Event, error)
	NewEvents() []authn.Event
}

// Device is a phone, a workstation or a provider. Its JSON is how it is stored.
type Device struct {
	Site authn.Site `json:"-"`
	// Made counts the users and sites of the world, up to this one.
	Made    uint64    `json:"made"`
	AddedAt time.Time `json:"added_at"`
	// User and Platform are a phone's, Family is a workstation's or provider's.
	User     string           `json:"user,omitempty"`
	Platform string           `json:"platform,omitempty"`
	Family   authn.FamilyName `json:"family,omitempty"`
	Version  string           `json:"version,omitempty"`
	// ReplacedBy is the phone that took this one's place.
	ReplacedBy string `json:"replaced_by,omitempty"`
}

// Phones returns the phones of a user that were not replaced, in the order in
// which they were registered.
func Phones(s Sites, user string) ([]Device, error) {
	all, err := s.Devices()
	return slices.DeleteFunc(all, func(d Device) bool {
		return d.Site.Role() != authn.RolePhone || d.User != user || d.ReplacedBy != ""
	}), err
}

// WorkstationOf reports by its error whether there is a workstation of that name
// that runs the family's client.
func WorkstationOf(s Sites, name string, family authn.FamilyName) error {
	d, err := s.Device(authn.Workstation(name))
	if err == nil && d.Family != family {
		err = WrongClient(d, family)
	}
	return err
}

// WrongClient is the fault of what is done at a workstation of another family
// than it is for.
func WrongClient(d Device, want authn.FamilyName) error {
	return authn.BadArgument(fmt.Sprintf("%s runs the client of %s, and this is done at one of %s", d.Site.Name(),
		d.Family, want),
		"offauth workstation list")
}

// Heir returns the phone in use that took the place of a replaced one, or the
// phone itself.
func Heir(s Sites, phone string) (string, error) {
	for {
		d, err := s.Device(authn.Phone(phone))
		if err != nil || d.ReplacedBy == "" {
			return phone, err
		}
		phone = d.ReplacedBy
	}
}

// Steps does one step after another, and lets the messages of each through.
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

// WorldTime moves instants by a site's clock to the world's time; zero ones
// stay.
func WorldTime(s Sites, site authn.Site, at ...*time.Time) {
	for _, t := range at {
		if !t.IsZero() {
			*t = t.Add(-s.Skew(site))
		}
	}
}

// CutOff returns those of some sites that cannot talk.
func CutOff(s Sites, sites ...authn.Site) []authn.Site {
	return slices.DeleteFunc(sites, func(site authn.Site) bool { return s.Host(site).Uplink() == authn.Up })
}

// LookAtLines is the hint for whoever gets no answer.
const LookAtLines = "offauth link show"

// LinkUp is the command that brings up a site's uplink.
func LinkUp(site authn.Site) string { return "offauth link set " + string(site) + " up" }

// Reconnect returns the commands that bring up those of some sites' uplinks that
// are not up, and LookAtLines.
func Reconnect(s Sites, sites ...authn.Site) []string {
	var hints []string
	for _, site := range CutOff(s, sites...) {
		hints = append(hints, LinkUp(site))
	}
	return append(hints, LookAtLines)
}

// BlameClocks adds to a refusal that came from comparing the clocks of some
// sites which of them are off the world's, and by how much, and puts the
// commands that set them right first. It leaves a refusal alone where all
// those clocks agree.
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

// ClocksOff returns those of some sites whose clock is off the world's, in the
// order of their names.
func ClocksOff(s Sites, sites ...authn.Site) []authn.ClockOff {
	var off []authn.ClockOff
	for _, site := range slices.Sorted(slices.Values(sites)) {
		if by := s.Skew(site); by != 0 {
			off = append(off, authn.ClockOff{Site: site, By: by})
		}
	}
	return off
}

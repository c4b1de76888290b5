package sim

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// sites implements family.Sites on a pass.
type sites struct{ *pass }

var _ family.Sites = sites{}

// Host implements family.Sites.
func (s sites) Host(site authn.Site) authn.Host { return s.host(site) }

// KDF implements family.Sites.
func (s sites) KDF() authn.KDF { return s.world.cfg.KDF }

// Now implements family.Sites.
func (s sites) Now() time.Time { return s.now }

// Skew implements family.Sites.
func (s sites) Skew(site authn.Site) time.Duration { return s.net.skew(site) }

// Pump implements family.Sites.
func (s sites) Pump() error { return s.pump() }

// Settle implements family.Sites.
func (s sites) Settle() error { return s.settle() }

// Device implements family.Sites.
func (s sites) Device(site authn.Site) (family.Device, error) { return s.device(site) }

// Devices implements family.Sites.
func (s sites) Devices() ([]family.Device, error) { return s.devices() }

// User implements family.Sites.
func (s sites) User(name string) error { return s.user(name) }

// Users implements family.Sites.
func (s sites) Users() ([]string, error) { return s.users() }

// Timers implements family.Sites.
func (s sites) Timers() ([]authn.Timer, error) { return s.allTimers() }

// Events implements family.Sites.
func (s sites) Events(q authn.EventQuery) ([]authn.Event, error) { return s.since(q) }

// NewEvents implements family.Sites.
func (s sites) NewEvents() []authn.Event { return s.events }

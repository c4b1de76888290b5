package invariant

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
)

// Book is what the history says so far whatever the family is. It is entered
// event by event; what belongs to the Action that is just seen begins again
// with each. A family's own book embeds it.
type Book struct {
	Seen   Seen
	Policy map[authn.SettingKey]string // what was set; the rest has its default
	Links  map[authn.Site]authn.Uplink
	Skews  map[authn.Site]time.Duration
	Back   bool               // this Action set the clock of some site back
	Kinds  map[authn.Kind]int // of the events of this Action

	families []Family
	seq      uint64             // of the last event
	known    map[string]bool    // the texts of secrets
	damaged  map[message]damage // messages that met a fault in this Action
}

// message is one that was under way.
type message struct {
	kind     string
	from, to authn.Site
}

// damage is what faults did to it.
type damage struct{ lost, changed bool }

// enterFault enters a fault. Two tampers change the same bit and cancel out.
func (b *Book) enterFault(e authn.Event) {
	m := message{e.Subject, authn.Site(e.Text("from")), authn.Site(e.Text("to"))}
	d := b.damaged[m]
	switch authn.FaultKind(e.Text("fault")) {
	case authn.Drop:
		d.lost = true
	case authn.Tamper:
		d.changed = !d.changed
	}
	b.damaged[m] = d
}

// Damaged reports whether a fault met a message of this Action.
func (b *Book) Damaged() bool { return len(b.damaged) > 0 }

// Arrived reports whether no fault kept a message of this Action from arriving as it was sent.
func (b *Book) Arrived(kind string, from, to authn.Site) bool {
	return b.damaged[message{kind, from, to}] == damage{}
}

func newBook(families []Family) *Book {
	return &Book{
		families: families, Policy: map[authn.SettingKey]string{}, Links: map[authn.Site]authn.Uplink{},
		Skews: map[authn.Site]time.Duration{}, Kinds: map[authn.Kind]int{},
		known: map[string]bool{}, damaged: map[message]damage{},
	}
}

// begin takes an Action before its events.
func (b *Book) begin(s Seen) {
	b.Seen = s
	b.Back = false
	clear(b.damaged)
	clear(b.Kinds)
}

// enter enters an event.
func (b *Book) enter(e authn.Event) {
	b.seq = e.Seq
	b.Kinds[e.Kind]++
	switch e.Kind {
	case authn.EventPolicySet:
		b.Policy[authn.SettingKey(e.Text("key"))] = e.Text("value")
	case sim.EventLinkSet:
		b.Links[authn.Site(e.Subject)] = authn.Uplink(e.Text("state"))
	case sim.EventClockSkewed:
		b.skewed(e)
	case sim.EventClockSetBack, authn.EventClockWentBack:
		b.Back = true
	case authn.EventFaultStruck:
		b.enterFault(e)
	}
}

// skewed enters a clock that was put off.
func (b *Book) skewed(e authn.Event) {
	by, err := time.ParseDuration(e.Text("by"))
	if err != nil {
		return
	}
	site := authn.Site(e.Subject)
	b.Back = b.Back || by < b.Skews[site]
	b.Skews[site] = by
}

// At is what a site's clock shows at a time of the world.
func (b *Book) At(site authn.Site, world time.Time) time.Time { return world.Add(b.Skews[site]) }

// Now is what a site's clock shows after the Action.
func (b *Book) Now(site authn.Site) time.Time { return b.At(site, b.Seen.Outcome.At) }

// Up reports whether the uplinks of all these sites are up.
func (b *Book) Up(sites ...authn.Site) bool {
	for _, site := range sites {
		if state, ok := b.Links[site]; ok && state != authn.Up {
			return false
		}
	}
	return true
}

// Setting returns a number of the policy, or its default. A span of time counts
// in seconds.
func (b *Book) Setting(key authn.SettingKey, otherwise int64) int64 {
	value, ok := b.Policy[key]
	if !ok {
		return otherwise
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return n
	}
	if d, err := time.ParseDuration(value); err == nil {
		return int64(d / time.Second)
	}
	return otherwise
}

// Accepted reports that the Action was told to have been done.
func (b *Book) Accepted() bool { return b.Seen.Refusal == nil && !b.Seen.Crashed }

// Look returns the world after the Action; nil where nobody can look, or where
// that is broken.
func (b *Book) Look() (*authn.Snapshot, *Broken) {
	if b.Seen.Look == nil {
		return nil, nil
	}
	world, err := b.Seen.Look()
	if err != nil {
		return nil, Brokenf("the world cannot be looked at: %v", err)
	}
	return &world, nil
}

// UserAt takes a subject of the form user@workstation apart.
func UserAt(e authn.Event) string { return strings.TrimSuffix(e.Subject, "@"+e.Site.Name()) }

// RefusedBy reports whether e says that an Action of that verb was refused for
// what was typed.
func RefusedBy(e authn.Event, verb string, codes ...authn.Code) bool {
	return e.Kind == authn.EventRefused && e.Text("action") == verb && slices.Contains(codes, authn.Code(e.Result))
}

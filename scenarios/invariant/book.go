package invariant

import (
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
)

// book is what the history says so far. It is entered event by event; what
// belongs to the Action that is just seen is begun again with each.
type book struct {
	hyprBook
	encapBook
	onespanBook

	seen   Seen
	seq    uint64            // of the last event
	policy map[string]string // what was set; the rest has its default
	links  map[authn.Site]authn.Uplink
	skews  map[authn.Site]time.Duration
	untold map[authn.Site][]authn.Event // what the audit trail is still to have
	known  map[string]bool              // the texts of secrets

	back    bool              // this Action set the clock of some site back
	strayed map[message]stray // messages that met a fault in this Action
	kinds   map[authn.Kind]int
	reached map[string]int // how often a state was met
}

// message is one that was under way.
type message struct {
	kind     string
	from, to authn.Site
}

// stray is what faults did to it.
type stray struct{ lost, changed bool }

// stray enters a fault. Two that tamper change the same bit, which is as it
// was then.
func (b *book) stray(e authn.Event) {
	m := message{e.Subject, authn.Site(text(e, "from")), authn.Site(text(e, "to"))}
	s := b.strayed[m]
	switch authn.FaultKind(text(e, "fault")) {
	case authn.Drop:
		s.lost = true
	case authn.Tamper:
		s.changed = !s.changed
	}
	b.strayed[m] = s
}

func newBook() *book {
	return &book{
		hyprBook: newHYPRBook(), encapBook: newEncapBook(), onespanBook: newOneSpanBook(),
		policy: map[string]string{}, links: map[authn.Site]authn.Uplink{}, skews: map[authn.Site]time.Duration{},
		untold: map[authn.Site][]authn.Event{}, known: map[string]bool{}, strayed: map[message]stray{}, kinds: map[authn.Kind]int{}, reached: map[string]int{},
	}
}

// begin takes an Action before its events.
func (b *book) begin(s Seen) {
	b.seen = s
	b.back = false
	clear(b.strayed)
	clear(b.kinds)
	b.hyprBook.begin()
	b.encapBook.begin()
	b.onespanBook.begin()
	b.learn(s)
	b.beginOneSpan()
}

// enter enters an event.
func (b *book) enter(e authn.Event) {
	b.seq = e.Seq
	b.kinds[e.Kind]++
	switch e.Kind {
	case authn.EventPolicySet:
		b.policy[text(e, "key")] = text(e, "value")
	case sim.EventLinkSet:
		b.links[authn.Site(e.Subject)] = authn.Uplink(text(e, "state"))
	case sim.EventClockSkewed:
		b.skewed(e)
	case sim.EventClockSetBack, authn.EventClockWentBack:
		b.back = true
	case authn.EventFaultStruck:
		b.stray(e)
	}
	b.enterTrail(e)
	b.enterHYPR(e)
	b.enterEncap(e)
	b.enterOneSpan(e)
}

// skewed enters a clock that was put off.
func (b *book) skewed(e authn.Event) {
	by, err := time.ParseDuration(text(e, "by"))
	if err != nil {
		return
	}
	site := authn.Site(e.Subject)
	b.back = b.back || by < b.skews[site]
	b.skews[site] = by
}

// end takes what the Action gave, when its events are entered.
func (b *book) end() {
	b.endHYPR()
	b.endEncap()
	b.endOneSpan()
}

// reach counts a state that was met.
func (b *book) reach(id string) { b.reached[id]++ }

// at is what a site's clock shows at a time of the world.
func (b *book) at(site authn.Site, world time.Time) time.Time { return world.Add(b.skews[site]) }

// now is what a site's clock shows after the Action.
func (b *book) now(site authn.Site) time.Time { return b.at(site, b.seen.Outcome.At) }

// up reports whether the uplinks of all these sites are up.
func (b *book) up(sites ...authn.Site) bool {
	for _, site := range sites {
		if state, ok := b.links[site]; ok && state != authn.Up {
			return false
		}
	}
	return true
}

// setting returns a number of the policy, or its default. A span of time counts
// in seconds.
func (b *book) setting(key string, otherwise int64) int64 {
	value, ok := b.policy[key]
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

// accepted reports that the Action was told to have been done.
func (b *book) accepted() bool { return b.seen.Refusal == nil && !b.seen.Crashed }

// text returns a field of an event that is a text, or nothing.
func text(e authn.Event, name string) string {
	s, _ := e.Fields[name].(string)
	return s
}

// whole returns a field of an event that is a number, or 0.
func whole(e authn.Event, name string) int64 {
	n, _ := e.Fields[name].(int64)
	return n
}

// userAt takes a subject of the form user@workstation apart.
func userAt(e authn.Event) string { return strings.TrimSuffix(e.Subject, "@"+e.Site.Name()) }

package invariant

import (
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
)

// common is what the history says so far whatever the family is. It is entered
// event by event; what belongs to the Action that is just seen begins again
// with each.
type common struct {
	seen      Seen
	seq       uint64                      // of the last event
	policy    map[authn.SettingKey]string // what was set; the rest has its default
	links     map[authn.Site]authn.Uplink
	skews     map[authn.Site]time.Duration
	unaudited map[authn.Site][]authn.Event // what the audit trail is still to have
	known     map[string]bool              // the texts of secrets

	typed, told string             // the secret that this Action typed, and the one that it was told
	back        bool               // this Action set the clock of some site back
	damaged     map[message]damage // messages that met a fault in this Action
	kinds       map[authn.Kind]int // of the events of this Action
}

// book is common with what is of one family, in a part for each.
type book struct {
	*common
	hyprBook
	encapBook
	onespanBook
}

// message is one that was under way.
type message struct {
	kind     string
	from, to authn.Site
}

// damage is what faults did to it.
type damage struct{ lost, changed bool }

// enterFault enters a fault. Two tampers change the same bit and cancel out.
func (b *common) enterFault(e authn.Event) {
	m := message{e.Subject, authn.Site(text(e, "from")), authn.Site(text(e, "to"))}
	d := b.damaged[m]
	switch authn.FaultKind(text(e, "fault")) {
	case authn.Drop:
		d.lost = true
	case authn.Tamper:
		d.changed = !d.changed
	}
	b.damaged[m] = d
}

func newBook() *book {
	c := &common{
		policy: map[authn.SettingKey]string{}, links: map[authn.Site]authn.Uplink{}, skews: map[authn.Site]time.Duration{},
		unaudited: map[authn.Site][]authn.Event{}, known: map[string]bool{},
		damaged: map[message]damage{}, kinds: map[authn.Kind]int{},
	}
	return &book{
		common: c, hyprBook: newHYPRBook(c), encapBook: newEncapBook(c), onespanBook: newOneSpanBook(c),
	}
}

// begin takes an Action before its events.
func (b *book) begin(s Seen) {
	b.seen = s
	b.back = false
	clear(b.damaged)
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
		b.policy[authn.SettingKey(text(e, "key"))] = text(e, "value")
	case sim.EventLinkSet:
		b.links[authn.Site(e.Subject)] = authn.Uplink(text(e, "state"))
	case sim.EventClockSkewed:
		b.skewed(e)
	case sim.EventClockSetBack, authn.EventClockWentBack:
		b.back = true
	case authn.EventFaultStruck:
		b.enterFault(e)
	}
	b.enterTrail(e)
	b.enterHYPR(e)
	b.enterEncap(e)
	b.enterOneSpan(e)
}

// skewed enters a clock that was put off.
func (b *common) skewed(e authn.Event) {
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

// at is what a site's clock shows at a time of the world.
func (b *common) at(site authn.Site, world time.Time) time.Time { return world.Add(b.skews[site]) }

// now is what a site's clock shows after the Action.
func (b *common) now(site authn.Site) time.Time { return b.at(site, b.seen.Outcome.At) }

// up reports whether the uplinks of all these sites are up.
func (b *common) up(sites ...authn.Site) bool {
	for _, site := range sites {
		if state, ok := b.links[site]; ok && state != authn.Up {
			return false
		}
	}
	return true
}

// setting returns a number of the policy, or its default. A span of time counts
// in seconds.
func (b *common) setting(key authn.SettingKey, otherwise int64) int64 {
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
func (b *common) accepted() bool { return b.seen.Refusal == nil && !b.seen.Crashed }

// text returns a field of an event that is a text, or nothing.
func text(e authn.Event, name string) string {
	s, _ := e.Fields[name].(string)
	return s
}

// number returns a field of an event that is a number, or 0.
func number(e authn.Event, name string) int64 {
	n, _ := e.Fields[name].(int64)
	return n
}

// userAt takes a subject of the form user@workstation apart.
func userAt(e authn.Event) string { return strings.TrimSuffix(e.Subject, "@"+e.Site.Name()) }

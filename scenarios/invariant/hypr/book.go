package hypr

import (
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/invariant"
)

// pair is a phone and a workstation; desk is a user at a workstation.
type (
	pair struct{ phone, ws string }
	desk struct{ user, ws string }
	// setKey names a PIN set.
	setKey struct {
		pair
		number int64
	}
)

// pinSet is what the history says of a PIN set.
type pinSet struct {
	count     int64
	display   time.Duration
	threshold int64
	expires   time.Time // on the workstation's clock, and on the phone's
	shown     int64     // how many PINs the phone has shown
	used      int64     // how many have unlocked
	// over and overOnPhone say that its expiry was reached at some time.
	over, overOnPhone bool
	gone, goneOnPhone bool // it was deleted
}

// card is a PIN that was shown.
type card struct {
	setKey
	user     string
	accepted bool
}

// screen is a PIN that is visible.
type screen struct {
	setKey
	since time.Time // on the phone's clock
	pin   string    // empty if it was never told
}

// tries are the wrong PINs of a user at a workstation.
type tries struct {
	limit, failures int64
	locked          bool
}

// book is what the history says of PINs.
type book struct {
	*invariant.Book
	sets       map[setKey]*pinSet
	latest     map[pair]int64 // the highest set that is known to be the phone's
	newest     map[pair]int64 // the highest that was issued
	held       map[pair]int64 // the one that the phone has
	cards      map[string][]*card
	screens    map[string]*screen // by phone
	taps       map[pair]time.Time // those that wait, since when on the phone's clock
	tapNumbers map[pair]int64
	primed     map[pair]bool
	lost       map[pair]bool // the workstation knows that the phone is
	tries      map[desk]*tries
	owner      map[string]string // whose a phone is
	unlocked   map[string]bool   // workstations that are not locked
	passkey    map[pair]bool     // whether the pairing has a passkey; absent where nobody can tell
	revoked    map[string]bool   // phones that were replaced
	trail      trail

	// Of this Action:
	typed, told string // the PIN that was typed, and the one that was shown
	shown       *authn.Event
	was         screen // the screen before, of the phone that acts
	wasVisible  bool   // it showed a PIN
	issued      map[setKey]bool
	online      map[pair]bool
	answered    []pair
}

func newBook(c *invariant.Book) *book {
	return &book{
		Book: c,
		sets: map[setKey]*pinSet{}, latest: map[pair]int64{}, newest: map[pair]int64{}, held: map[pair]int64{},
		cards:   map[string][]*card{},
		screens: map[string]*screen{}, taps: map[pair]time.Time{}, tapNumbers: map[pair]int64{}, primed: map[pair]bool{},
		lost:  map[pair]bool{},
		tries: map[desk]*tries{}, owner: map[string]string{},
		unlocked: map[string]bool{}, passkey: map[pair]bool{}, revoked: map[string]bool{}, issued: map[setKey]bool{},
		online: map[pair]bool{}, trail: trail{},
	}
}

// begin takes an Action before its events.
func (b *book) begin() {
	b.shown, b.wasVisible, b.answered = nil, false, nil
	clear(b.issued)
	clear(b.online)
	b.typed, b.told = "", ""
	if a, ok := b.Seen.Action.(hypr.Login); ok {
		b.typed = invariant.Plain(a.PIN)
	}
	if r, ok := b.Seen.Outcome.Result.(hypr.UnlockResult); ok {
		b.told = invariant.Plain(r.PIN)
	}
	b.Know(b.typed, b.told)
}

// keyOf names the set that an event is about.
func keyOf(e authn.Event) setKey {
	k := setKey{pair{e.Text("phone"), e.Site.Name()}, e.Number("number")}
	if e.Site.Role() == authn.RolePhone {
		k.pair = pair{e.Site.Name(), e.Subject}
	}
	return k
}

// triesOf returns the count of a user at a workstation.
func (b *book) triesOf(e authn.Event) *tries {
	d := desk{invariant.UserAt(e), e.Site.Name()}
	if b.tries[d] == nil {
		b.tries[d] = &tries{}
	}
	return b.tries[d]
}

// card finds the PIN that was typed among those that were shown to the user
// for the workstation that unlocked: of several the one that is good still,
// or the newest.
func (b *book) card(e authn.Event) *card {
	var best *card
	for _, c := range b.cards[b.typed] {
		if c.user != invariant.UserAt(e) || c.ws != e.Site.Name() || c.phone != e.Text("phone") {
			continue
		}
		if best == nil || best.accepted || !c.accepted {
			best = c
		}
	}
	return best
}

// enter enters what an event says of PINs.
func (b *book) enter(e authn.Event) {
	b.trail.enter(e)
	switch e.Kind {
	case sim.EventPhoneRegistered:
		b.owner[e.Text("phone")] = e.Subject
	case hypr.EventPhoneRevoked:
		b.revoked[e.Text("phone")] = true
	case hypr.EventLocked:
		b.unlocked[e.Site.Name()] = false
	case hypr.EventPaired:
		delete(b.lost, pair{e.Text("phone"), e.Text("workstation")})
	case hypr.EventUnpaired:
		b.lost[pair{e.Text("phone"), e.Text("workstation")}] = true
	case hypr.EventOnlineAuthenticated:
		p := pair{e.Text("phone"), e.Site.Name()}
		b.primed[p], b.online[p] = true, true
		*b.triesOf(e) = tries{limit: b.Setting(hypr.KeyLockout, 0)}
	case hypr.EventDirectoryUnlocked:
		t := b.triesOf(e)
		t.failures, t.locked = 0, false
	case hypr.EventDirectoryLocked:
		b.triesOf(e).locked = true
	case hypr.EventUnlocked:
		b.enterUnlocked(e)
	case authn.EventRefused:
		if guess(e) {
			b.triesOf(authn.Event{Site: e.Site, Subject: e.Subject}).failures++
		}
		if e.Site.Role() == authn.RolePhone && e.Text("action") == (hypr.Tap{}).Verb() {
			delete(b.taps, pair{e.Site.Name(), e.Subject})
		}
	default:
		b.enterSets(e)
		b.enterPhone(e)
	}
}

// guess reports whether an event is a PIN that was judged and found wrong.
func guess(e authn.Event) bool {
	if e.Site.Role() != authn.RoleWorkstation || e.Text("action") != (hypr.Login{}).Verb() {
		return false
	}
	return slices.Contains([]authn.Code{hypr.CodeWrongPIN, hypr.CodePINUsed, hypr.CodePINExpired}, authn.Code(e.Result))
}

// enterUnlocked enters an unlocked workstation.
func (b *book) enterUnlocked(e authn.Event) {
	p := pair{e.Text("phone"), e.Site.Name()}
	b.unlocked[p.ws] = true
	switch e.Text("mode") {
	case hypr.ModeOnline:
		b.answered = append(b.answered, p)
	case hypr.ModeOffline:
		t := b.triesOf(e)
		t.failures = 0
		c := b.card(e)
		if c == nil {
			return
		}
		c.accepted = true
		b.latest[p] = max(b.latest[p], c.number)
		if s := b.sets[c.setKey]; s != nil {
			s.used++
		}
	}
}

// enterSets enters the life of PIN sets.
func (b *book) enterSets(e authn.Event) {
	switch e.Kind {
	case hypr.EventPINsIssued:
		k := keyOf(e)
		expires, err := time.Parse(time.RFC3339Nano, e.Text("expires_at"))
		if err != nil {
			expires = time.Time{}
		}
		b.sets[k] = &pinSet{
			count: e.Number("count"), expires: expires,
			display:   time.Duration(b.Setting(hypr.KeyDisplayTimeout, 60)) * time.Second,
			threshold: b.Setting(hypr.KeyPromptThreshold, 20),
		}
		b.newest[k.pair] = max(b.newest[k.pair], k.number)
		b.issued[k] = true
	case hypr.EventPINsStored:
		b.held[keyOf(e).pair] = e.Number("number")
	case hypr.EventPINsConfirmed:
		k := keyOf(e)
		b.latest[k.pair] = max(b.latest[k.pair], k.number)
	case hypr.EventPINsDeleted:
		if s := b.sets[keyOf(e)]; s != nil && e.Site.Role() == authn.RolePhone {
			s.goneOnPhone = true
		} else if s != nil {
			s.gone = true
		}
	}
}

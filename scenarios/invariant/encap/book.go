package encap

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/scenarios/invariant"
)

// grantLife is how long an online authentication allows adding a method (E5).
const grantLife = 300 * time.Second

// session is what the history says of an offline authentication session.
type session struct {
	id, provider, phone, user, method string
	expires                           time.Time // on the server's clock, and on the phone's
	end                               string    // "approved", "superseded", "expired", "closed", or empty
	over, overOnPhone                 bool      // its expiry was reached at some time
	codes                             []code    // those that the phone told for it
	told                              int       // how often the provider heard that it is approved
}

// code is a one-time password with the PIN that was typed for it.
type code struct{ text, pin string }

// grant is an online authentication that allows adding a method.
type grant struct {
	by    string
	since time.Time // on the server's clock
	spent string    // the method that was added
	over  bool
}

// scope is a phone's method; with no method it is the whole phone.
type scope struct{ phone, method string }

// book is what the history says of sessions.
type book struct {
	*invariant.Book
	sessions map[string]*session
	open     map[string]string // by phone: its session that is open
	reading  map[string]string // by phone: the session that its operation is of
	grants   map[string]*grant // by phone
	pins     map[scope]string  // as the server has them
	wrong    map[scope]int64   // in a row
	locked   map[scope]bool
	methods  map[scope]bool // that were added

	// Of this Action:
	typed, told string // the PIN or code that was typed, and the code that was shown
	counted     []authn.Event
	locks       int
}

func newBook(c *invariant.Book) *book {
	return &book{
		Book:     c,
		sessions: map[string]*session{}, open: map[string]string{}, reading: map[string]string{}, grants: map[string]*grant{},
		pins: map[scope]string{}, wrong: map[scope]int64{}, locked: map[scope]bool{}, methods: map[scope]bool{},
	}
}

// begin takes an Action before its events.
func (b *book) begin() {
	b.counted, b.locks, b.typed, b.told = nil, 0, "", ""
	switch a := b.Seen.Action.(type) {
	case encap.Activate:
		b.Know(invariant.Plain(a.PIN))
	case encap.Auth:
		b.Know(invariant.Plain(a.PIN))
	case encap.AddMethod:
		b.typed = a.PIN.Reveal()
	case encap.Approve:
		b.typed = a.PIN.Reveal()
	case encap.Verify:
		b.typed = invariant.Plain(a.Code)
	}
	if r, ok := b.Seen.Outcome.Result.(encap.ApproveResult); ok {
		b.told = invariant.Plain(r.Code)
	}
	b.Know(b.typed, b.told)
}

// ofSession returns the session that an event is about, or nil.
func (b *book) ofSession(e authn.Event) *session { return b.sessions[e.Text("session")] }

// scopeOf returns the phone and the method that an event is about.
func scopeOf(e authn.Event) scope { return scope{e.Text("phone"), e.Text("method")} }

// isLocked reports whether a method is locked, by itself or with the phone.
func (b *book) isLocked(s scope) bool { return b.locked[s] || b.locked[scope{phone: s.phone}] }

// enter enters what an event says of sessions, methods and locks.
func (b *book) enter(e authn.Event) {
	switch e.Kind {
	case encap.EventSessionStarted, encap.EventSessionApproved, encap.EventSessionSuperseded, encap.EventSessionExpired,
		encap.EventSessionClosed:
		b.enterSession(e)
	case encap.EventOperationStarted:
		b.reading[e.Text("phone")] = e.Text("session")
	case encap.EventOperationClosed:
		delete(b.reading, e.Text("phone"))
	case encap.EventCodeGiven:
		delete(b.reading, e.Text("phone"))
		if s := b.ofSession(e); s != nil && b.told != "" {
			s.codes = append(s.codes, code{text: b.told, pin: b.typed})
		}
	case encap.EventActivated:
		delete(b.grants, e.Text("phone"))
		delete(b.reading, e.Text("phone"))
	case encap.EventDeviceAuthenticated:
		b.grants[e.Text("phone")] = &grant{by: e.Text("method"), since: b.At(e.Site, e.At)}
		b.wrong[scopeOf(e)] = 0
	case encap.EventMethodAdded:
		b.enterMethod(e)
	default:
		b.enterLocks(e)
	}
}

func (b *book) enterSession(e authn.Event) {
	if e.Kind == encap.EventSessionStarted {
		expires, err := time.Parse(time.RFC3339Nano, e.Text("expires_at"))
		if err != nil {
			return
		}
		s := &session{
			id: e.Text("session"), provider: e.Text("provider"), phone: e.Text("phone"), user: e.Subject,
			method: e.Text("method"), expires: expires,
		}
		b.sessions[s.id], b.open[s.phone] = s, s.id
		return
	}
	s := b.ofSession(e)
	if s == nil {
		return
	}
	s.end = map[authn.Kind]string{
		encap.EventSessionApproved: "approved", encap.EventSessionSuperseded: "superseded",
		encap.EventSessionExpired: "expired", encap.EventSessionClosed: "closed",
	}[e.Kind]
	if b.open[s.phone] == s.id {
		delete(b.open, s.phone)
	}
	if e.Kind == encap.EventSessionApproved {
		b.wrong[scope{s.phone, s.method}] = 0
	}
}

func (b *book) enterMethod(e authn.Event) {
	s := scopeOf(e)
	b.methods[s] = true
	if _, ok := b.Seen.Action.(encap.AddMethod); ok {
		b.pins[s] = b.typed
	}
	if g := b.grants[s.phone]; g != nil {
		g.spent = s.method
	}
}

func (b *book) enterLocks(e authn.Event) {
	switch e.Kind {
	case encap.EventFailureCounted:
		if e.Text("phone") == "" { // one of onespan
			return
		}
		b.wrong[scopeOf(e)]++
		b.counted = append(b.counted, e)
	case encap.EventMethodLocked:
		b.locked[scopeOf(e)] = true
		b.locks++
	case encap.EventDeviceLocked:
		b.locked[scope{phone: e.Text("phone")}] = true
		b.locks++
	case encap.EventLocksCleared:
		for s := range b.wrong {
			if s.phone == e.Text("phone") {
				delete(b.wrong, s)
			}
		}
		for s := range b.locked {
			if s.phone == e.Text("phone") {
				delete(b.locked, s)
			}
		}
	}
}

// end takes what the Action gave, and marks what has reached its end on
// either clock.
func (b *book) end() {
	if a, ok := b.Seen.Action.(encap.Verify); ok && b.Accepted() {
		if r, ok := b.Seen.Outcome.Result.(encap.VerifyResult); ok {
			a.Session = r.Session
		}
		if s := b.sessions[a.Session]; s != nil {
			s.told++
		}
	}
	b.enterOnlinePIN()
	server := b.Now(authn.SiteServer)
	for _, s := range b.sessions {
		if !s.over && !server.Before(s.expires) {
			s.over = true
		}
		if !s.overOnPhone && !b.Now(authn.Phone(s.phone)).Before(s.expires) {
			s.overOnPhone = true
		}
	}
	for _, g := range b.grants {
		g.over = g.over || server.Sub(g.since) >= grantLife
	}
}

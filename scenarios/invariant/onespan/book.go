package onespan

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/scenarios/invariant"
)

// wholeDay is how old time-based data is when it may be renewed (O9, O10).
const wholeDay = 24 * time.Hour

// desk is a user at a workstation.
type desk struct{ user, ws string }

// offlineData is what the history says of the offline data of a user at a
// workstation.
type offlineData struct {
	serial  string // the authenticator that it is of; kept when the data goes
	number  int64
	timed   bool
	present bool
	issued  time.Time // on the server's clock
	expires time.Time // on the server's clock when it was made, on the workstation's since
	over    bool      // its expiry was reached at some time
	left    int64     // uses of event-based data

	primed  bool  // there was data at some time
	used    int64 // the highest step or event that was taken and that the workstation knows of; -1 for none
	wrong   int64 // in a row
	locked  bool
	cleared bool // the administrator has deleted the server's record since it was made
	excused bool // newer data may be made before a day is over

	drift, reach time.Duration // by which its blocks are laid out, and how far beyond it they reach (O54)
}

// digipass is an authenticator.
type digipass struct {
	phone   string
	user    string // whose it is
	dropped bool   // it was taken from him
	drifted bool   // a code was taken that was not of its own step, so later windows lie elsewhere (O47)
	timed   bool
	seconds int64
	shown   int64 // how many codes of an event-based one
	codes   map[string]int64
	used    int64 // the highest step or event that was taken and that the server knows of; -1 for none
}

// account is a user as the server has him.
type account struct {
	wrong  int64
	locked bool
	pin    string // known only while the history tells it
}

// limits has the failure that locks a workstation's data, by workstation, as
// each last heard it.
type limits map[string]int64

// at returns the one of a workstation, which has the default at first.
func (l limits) at(ws string) int64 {
	if n, ok := l[ws]; ok {
		return n
	}
	return 3
}

// book is what the history says of Digipass authenticators
// and offline data.
type book struct {
	*invariant.Book
	data       map[desk]*offlineData
	digipasses map[string]*digipass // by serial
	accounts   map[string]*account
	limits     limits

	// Of this Action:
	typed, told string        // the password, PIN or codes that were typed, and the code that was shown
	by          desk          // who types, and where
	before      offlineData   // before the Action
	account     account       // before
	serial      string        // whose code the server took; empty if it took none
	drift       time.Duration // by which that authenticator was off
	heard       bool          // its answer arrived
	taken       bool          // newer data came
	withheld    bool
	wrongHere   []authn.Event
	locksHere   int
	wrongHome   []authn.Event // at the server
	locksHome   int
	repeated    bool // an event-based authenticator showed a code again
}

func newBook(c *invariant.Book) *book {
	return &book{
		Book: c,
		data: map[desk]*offlineData{}, digipasses: map[string]*digipass{}, accounts: map[string]*account{},
		limits: limits{},
	}
}

// begin takes an Action before its events.
func (b *book) begin() {
	*b = book{Book: b.Book, data: b.data, digipasses: b.digipasses, accounts: b.accounts, limits: b.limits}
	switch a := b.Seen.Action.(type) {
	case onespan.Logon:
		b.by, b.typed = desk{a.User, a.Workstation}, a.Password.Reveal()
	case onespan.Update:
		b.by, b.typed = desk{a.User, a.Workstation}, a.Password.Reveal()
	case onespan.SetPIN:
		b.typed = a.PIN.Reveal()
	case onespan.SetPassword:
		b.Know(a.Password.Reveal())
	case onespan.Resync:
		b.typed = a.Codes.Reveal()
	}
	if r, ok := b.Seen.Outcome.Result.(onespan.OTPResult); ok {
		b.told = r.Code.Reveal()
	}
	b.Know(b.typed, b.told)
	if b.by.ws == "" {
		return
	}
	b.before, b.account = *b.dataOf(b.by), *b.accountOf(b.by.user)
	// The answer brings what the server knows, before anything is judged here.
	b.heard = b.wasAnswered()
}

// wasAnswered reports whether the server's answer came to the workstation.
func (b *book) wasAnswered() bool {
	for _, e := range b.Seen.Outcome.Events {
		if e.Kind == onespan.EventUnlocked && e.Site == authn.Workstation(b.by.ws) {
			return e.Text("mode") == onespan.ModeOnline
		}
		if e.Kind == authn.EventRefused && e.Text("action") == b.Seen.Action.Verb() {
			return e.Number("windows_event") == 2020 || e.Result == string(onespan.CodeOfflineDisabled) ||
				e.Result == string(onespan.CodeOtherAuthenticator)
		}
	}
	_, update := b.Seen.Action.(onespan.Update)
	return update && b.Accepted()
}

func (b *book) dataOf(d desk) *offlineData {
	if b.data[d] == nil {
		b.data[d] = &offlineData{used: -1}
	}
	return b.data[d]
}

func (b *book) accountOf(user string) *account {
	if b.accounts[user] == nil {
		b.accounts[user] = &account{}
	}
	return b.accounts[user]
}

// deskOf returns the desk that an event of a workstation is about.
func deskOf(e authn.Event) desk { return desk{invariant.UserAt(e), e.Site.Name()} }

// typedCode finds which code of an authenticator was typed, and its step or
// event.
func (b *book) typedCode(serial string) (code string, value int64, ok bool) {
	d := b.digipasses[serial]
	if d == nil {
		return "", 0, false
	}
	for text, v := range d.codes {
		if strings.Contains(b.typed, text) && (!ok || v > value) {
			code, value, ok = text, v, true
		}
	}
	return code, value, ok
}

// enter enters what an event says of authenticators and data.
func (b *book) enter(e authn.Event) {
	switch e.Kind {
	case onespan.EventAuthenticatorAssigned, onespan.EventOTPShown, onespan.EventAuthenticatorDropped,
		onespan.EventAuthenticatorResynced:
		b.enterDigipass(e)
	case onespan.EventOTPAccepted:
		b.enterAccepted(e)
	case onespan.EventServerPINSet, onespan.EventServerPINReset, onespan.EventUserLocked, onespan.EventUserReleased:
		b.enterAccount(e)
	case onespan.EventFailureCounted:
		b.enterWrong(e)
	case onespan.EventDataRecordDeleted:
		d := b.dataOf(desk{e.Subject, e.Text("workstation")})
		d.cleared, d.excused = true, true
	case onespan.EventDataWithheld:
		b.withheld = true
	case onespan.EventDataIssued, onespan.EventDataRenewed:
		b.enterData(e)
	case onespan.EventDataDeleted, onespan.EventDataExpired:
		b.enterDataGone(e)
	case onespan.EventUnlocked:
		b.enterLogon(e)
	}
}

func (b *book) enterDigipass(e authn.Event) {
	serial := e.Text("serial")
	switch e.Kind {
	case onespan.EventAuthenticatorAssigned:
		b.digipasses[serial] = &digipass{
			phone: e.Text("phone"), user: e.Subject, timed: e.Text("type") == string(onespan.TimeBased),
			seconds: b.Setting(onespan.KeyOTPStep, 30),
			codes:   map[string]int64{}, used: -1,
		}
	case onespan.EventAuthenticatorDropped, onespan.EventAuthenticatorResynced:
		if d := b.digipasses[serial]; d != nil {
			d.dropped = d.dropped || e.Kind == onespan.EventAuthenticatorDropped
			d.drifted = d.drifted || e.Kind == onespan.EventAuthenticatorResynced
		}
		for _, d := range b.data {
			if d.serial == serial {
				d.excused = true
				d.cleared = d.cleared || e.Kind == onespan.EventAuthenticatorDropped // its record goes with it
			}
		}
	case onespan.EventOTPShown:
		d := b.digipasses[serial]
		if d == nil {
			return
		}
		value := d.shown
		if d.timed {
			value = b.At(e.Site, e.At).Unix() / d.seconds
		} else {
			d.shown++
		}
		if b.told != "" {
			_, known := d.codes[b.told]
			b.repeated = known && !d.timed
			d.codes[b.told] = value
		}
	}
}

// enterAccepted enters a credential that the server took, and what it learned
// of the workstation before (O21).
func (b *book) enterAccepted(e authn.Event) {
	b.serial = e.Text("serial")
	b.drift, _ = time.ParseDuration(e.Text("drift")) // an event-based one has none
	b.accountOf(e.Subject).wrong = 0
	b.report()
	if _, value, ok := b.typedCode(b.serial); ok {
		d := b.digipasses[b.serial]
		d.used = max(d.used, value)
		d.drifted = d.drifted || d.timed && value != b.At(e.Site, e.At).Unix()/d.seconds
	}
}

// report tells the server what a workstation knows of its data's codes: it
// stands in every request.
func (b *book) report() {
	data := b.dataOf(b.by)
	if d := b.digipasses[data.serial]; d != nil {
		d.used = max(d.used, data.used)
	}
}

func (b *book) enterAccount(e authn.Event) {
	a := b.accountOf(e.Subject)
	switch e.Kind {
	case onespan.EventServerPINReset:
		a.pin = ""
	case onespan.EventServerPINSet:
		a.pin = b.typed
		if e.Text("by") == "user" { // the last half of what stands behind the code
			a.pin = ""
			if code, _, ok := b.typedCode(b.serial); ok {
				_, fresh, _ := strings.Cut(b.typed, code)
				a.pin = fresh[len(fresh)/2:]
				b.Know(a.pin)
			}
		}
	case onespan.EventUserLocked:
		a.locked = true
		b.locksHome++
	case onespan.EventUserReleased:
		a.locked, a.wrong = false, 0
	}
}

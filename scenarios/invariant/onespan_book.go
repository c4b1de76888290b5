package invariant

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// wholeDay is how old time-based data is when it may be renewed (O9, O10).
const wholeDay = 24 * time.Hour

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

// onespanBook is the part of the book that is about Digipass authenticators
// and offline data.
type onespanBook struct {
	*common
	data       map[desk]*offlineData
	digipasses map[string]*digipass // by serial
	accounts   map[string]*account
	limits     map[string]int64 // by workstation: max_failures, as it last heard

	// Of this Action:
	by        desk          // who types, and where
	before    offlineData   // before the Action
	account   account       // before
	serial    string        // whose code the server took; empty if it took none
	drift     time.Duration // by which that authenticator was off
	heard     bool          // its answer arrived
	taken     bool          // newer data came
	withheld  bool
	wrongHere []authn.Event
	locksHere int
	wrongHome []authn.Event // at the server
	locksHome int
	repeated  bool // an event-based authenticator showed a code again
}

func newOneSpanBook(c *common) onespanBook {
	return onespanBook{
		common: c,
		data:   map[desk]*offlineData{}, digipasses: map[string]*digipass{}, accounts: map[string]*account{},
		limits: map[string]int64{},
	}
}

func (b *onespanBook) begin() {
	*b = onespanBook{common: b.common, data: b.data, digipasses: b.digipasses, accounts: b.accounts, limits: b.limits}
}

// beginOneSpan takes an Action before its events, once its secrets are known.
func (b *onespanBook) beginOneSpan() {
	switch a := b.seen.Action.(type) {
	case onespan.Logon:
		b.by = desk{a.User, a.Workstation}
	case onespan.Update:
		b.by = desk{a.User, a.Workstation}
	default:
		return
	}
	b.before, b.account = *b.dataOf(b.by), *b.accountOf(b.by.user)
	// The answer brings what the server knows, before anything is judged here.
	b.heard = b.wasAnswered()
}

// wasAnswered reports whether the server's answer came to the workstation.
func (b *onespanBook) wasAnswered() bool {
	for _, e := range b.seen.Outcome.Events {
		if e.Kind == onespan.EventUnlocked && e.Site == authn.Workstation(b.by.ws) {
			return text(e, "mode") == onespan.ModeOnline
		}
		if e.Kind == authn.EventRefused && text(e, "action") == b.seen.Action.Verb() {
			return number(e, "windows_event") == 2020 || e.Result == string(onespan.CodeOfflineDisabled) ||
				e.Result == string(onespan.CodeOtherAuthenticator)
		}
	}
	_, update := b.seen.Action.(onespan.Update)
	return update && b.accepted()
}

func (b *onespanBook) dataOf(d desk) *offlineData {
	if b.data[d] == nil {
		b.data[d] = &offlineData{used: -1}
	}
	return b.data[d]
}

func (b *onespanBook) accountOf(user string) *account {
	if b.accounts[user] == nil {
		b.accounts[user] = &account{}
	}
	return b.accounts[user]
}

// deskOf returns the desk that an event of a workstation is about.
func deskOf(e authn.Event) desk { return desk{userAt(e), e.Site.Name()} }

// typedCode finds which code of an authenticator was typed, and its step or
// event.
func (b *onespanBook) typedCode(serial string) (code string, value int64, ok bool) {
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

// enterOneSpan enters what an event says of authenticators and data.
func (b *onespanBook) enterOneSpan(e authn.Event) {
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
		d := b.dataOf(desk{e.Subject, text(e, "workstation")})
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

func (b *onespanBook) enterDigipass(e authn.Event) {
	serial := text(e, "serial")
	switch e.Kind {
	case onespan.EventAuthenticatorAssigned:
		b.digipasses[serial] = &digipass{
			phone: text(e, "phone"), user: e.Subject, timed: text(e,
				"type") == string(onespan.TimeBased), seconds: b.setting(onespan.KeyOTPStep, 30),
			codes: map[string]int64{}, used: -1,
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
			value = b.at(e.Site, e.At).Unix() / d.seconds
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
func (b *onespanBook) enterAccepted(e authn.Event) {
	b.serial = text(e, "serial")
	b.drift, _ = time.ParseDuration(text(e, "drift")) // an event-based one has none
	b.accountOf(e.Subject).wrong = 0
	b.report()
	if _, value, ok := b.typedCode(b.serial); ok {
		d := b.digipasses[b.serial]
		d.used = max(d.used, value)
		d.drifted = d.drifted || d.timed && value != b.at(e.Site, e.At).Unix()/d.seconds
	}
}

// report tells the server what a workstation knows of its data's codes: it
// stands in every request.
func (b *onespanBook) report() {
	data := b.dataOf(b.by)
	if d := b.digipasses[data.serial]; d != nil {
		d.used = max(d.used, data.used)
	}
}

func (b *onespanBook) enterAccount(e authn.Event) {
	a := b.accountOf(e.Subject)
	switch e.Kind {
	case onespan.EventServerPINReset:
		a.pin = ""
	case onespan.EventServerPINSet:
		a.pin = b.typed
		if text(e, "by") == "user" { // the last half of what stands behind the code
			a.pin = ""
			if code, _, ok := b.typedCode(b.serial); ok {
				_, fresh, _ := strings.Cut(b.typed, code)
				a.pin = fresh[len(fresh)/2:]
				b.know(a.pin)
			}
		}
	case onespan.EventUserLocked:
		a.locked = true
		b.locksHome++
	case onespan.EventUserReleased:
		a.locked, a.wrong = false, 0
	}
}

package hypr

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// TapTimeout is how long the phone waits for a workstation before it offers the
// offline PIN (H15).
const TapTimeout = 5 * time.Second

// The phone's timers; their subject is the workstation's name.
const (
	TimerOffer    = "hypr.offer"  // exported: the world repeats waiting taps
	TimerOfferEnd = "hypr.stands" // ends an offer when its set expires; exported: the world ends offers
	timerHide     = "hypr.hide"
	timerExpire   = "hypr.expire"
	timerAsk      = "hypr.ask" // at a workstation; its subject is the record
	// timerLockout ends a directory's lock-out at a workstation; its subject is
	// the user.
	timerLockout = "hypr.lockout"
)

// Phone is the authenticator app.
type Phone struct{ authn.Host }

// phoneSelf is the app's record of itself; its secret half is keys.
type phoneSelf struct {
	User   string `json:"user"`
	Server []byte `json:"server,omitempty"` // the server's signing key, once enrolled
}

// computerRecord is the app's record of a workstation.
type computerRecord struct {
	Asked       uint64 `json:"asked,omitempty"` // counter of a pairing request without an answer yet
	Pairing     []byte `json:"pairing,omitempty"`
	Certificate []byte `json:"certificate,omitempty"`
	Login       []byte `json:"login,omitempty"` // public half of the login key
	Sign        []byte `json:"sign,omitempty"`  // the workstation's keys
	Box         []byte `json:"box,omitempty"`
	Counter     uint64 `json:"counter"`
	Primed      bool   `json:"primed"`
	// Before reports whether an earlier pairing had an online login; its PINs
	// were deleted.
	Before        bool        `json:"before,omitempty"`
	offlineStatus             // as of the last online login, or the pairing
	Passkey       bool        `json:"passkey,omitempty"`
	Call          *passkeyTry `json:"call,omitempty"`
	Number        uint64      `json:"number"`           // of the newest set ever taken
	Expect        uint64      `json:"expect,omitempty"` // the set that the last login announced
	Set           *heldSet    `json:"set,omitempty"`
	Offer         string      `json:"offer,omitempty"`
	Lost          int         `json:"lost,omitempty"` // PINs that the last pairing deleted
	Tap           *tapState   `json:"tap,omitempty"`
}

// computerSecret is the secret half of a computerRecord.
type computerSecret struct {
	Unlock  []byte `json:"unlock,omitempty"`  // opens the login key, 32 bytes
	Passkey []byte `json:"passkey,omitempty"` // seed of the Enterprise Passkey, 32 bytes
	// NextPasskey is the passkey of a pairing request without an answer yet.
	NextPasskey []byte   `json:"next_passkey,omitempty"`
	PINs        []string `json:"pins,omitempty"` // not shown yet, in order
}

// heldSet is a PIN set on the phone, with the settings under which it was made
// (H10).
type heldSet struct {
	Number   uint64    `json:"number"`
	Of       int       `json:"of"`
	Left     int       `json:"left"`
	Issued   time.Time `json:"issued"`
	Expires  time.Time `json:"expires"`
	Expired  bool      `json:"expired,omitempty"`
	Settings Settings  `json:"settings"`
}

// tapState is the newest tap on a computer.
type tapState struct {
	ID      string    `json:"id"`
	Since   time.Time `json:"since"`
	Outcome string    `json:"outcome"`
	Reason  string    `json:"reason,omitempty"`
	// Proved is the counter of the request for which the challenge was
	// answered.
	Proved uint64 `json:"proved,omitempty"`
}

// screen is the PIN that the phone shows.
type screen struct {
	Workstation string    `json:"workstation"`
	Via         string    `json:"via"`
	Since       time.Time `json:"since"`
	Until       time.Time `json:"until"`
}

type screenSecret struct {
	PIN string `json:"pin"`
}

const (
	recordKeys   = "hypr/keys"
	recordScreen = "hypr/screen"
	computers    = "hypr/computer/"
)

// self loads the app's record of itself and its keys.
func (p Phone) self() (phoneSelf, keys, error) {
	var s phoneSelf
	var k keys
	there, err := p.Shelf.Load(recordKeys, &s, &k)
	if err == nil && there {
		err = k.Check()
	}
	return s, k, err
}

// triple returns the phone's user, the phone and a workstation.
func (p Phone) triple(s phoneSelf, ws string) triple {
	return triple{User: s.User, Phone: p.Site.Name(), Workstation: ws}
}

// Enrol makes the app's keys and sends them to the server.
func (p Phone) Enrol(user, platform, version string) error {
	k, err := drawKeys(p.Env)
	if err != nil {
		return err
	}
	if err := authn.CheckVersion(version); err != nil {
		return err
	}
	if err := p.Shelf.Save(recordKeys, phoneSelf{User: user}, k); err != nil {
		return err
	}
	return sendEnrol(p.Host, k, enrol{User: user, Platform: platform, Version: version})
}

// Enrolled reports whether the server has answered.
func (p Phone) Enrolled() (bool, error) {
	s, _, err := p.self()
	return len(s.Server) > 0, err
}

// Pair requests a pairing, with an Enterprise Passkey or without. Paired
// returns the result once the messages are delivered.
func (p Phone) Pair(ws string, passkey bool) error {
	s, k, err := p.self()
	if err != nil {
		return err
	}
	c, err := p.computer(ws)
	if err != nil {
		return err
	}
	c.Counter++
	c.Asked = c.Counter
	m := pairRequest{triple: p.triple(s, ws), Counter: c.Counter, Held: make([]byte, 8)}
	copy(m.Held, c.Pairing)
	c.secret.NextPasskey = nil
	if passkey {
		if c.secret.NextPasskey, err = p.Env.Draw("hypr.passkey", 32); err != nil {
			return err
		}
		m.Passkey = publicOf(c.secret.NextPasskey)
	}
	p.Send(authn.SiteServer, msgPairRequest, encode(msgPairRequest, &m, k.Signer()))
	return c.save()
}

// Paired returns the result of Pair, or a refusal if there was no answer.
func (p Phone) Paired(ws string) (PairResult, error) {
	s, _, err := p.self()
	if err != nil {
		return PairResult{}, err
	}
	c, err := p.computer(ws)
	if err != nil {
		return PairResult{}, err
	}
	if c.Asked == 0 {
		r := PairResult{Phone: p.Site.Name(), Workstation: ws, User: s.User, Passkey: c.Passkey, Lost: c.Lost}
		c.Lost = 0
		return r, c.save()
	}
	again := "offauth device pair " + ws
	if len(c.secret.NextPasskey) > 0 {
		again += " --passkey"
	}
	c.Asked, c.secret.NextPasskey = 0, nil
	if err := c.save(); err != nil {
		return PairResult{}, err
	}
	return PairResult{}, c.refuse(CodeWorkstationUnreachable, "H46",
		fmt.Sprintf("pairing needs phone, server and %s online, and no answer came", ws), again)
}

// Hide wipes the PIN from the screen; the next unlock shows another one (H19).
func (p Phone) Hide() (HideResult, error) {
	hidden, err := p.wipe("", "asked", "H19")
	return HideResult{Phone: p.Site.Name(), Hidden: hidden}, err
}

// Cancel cancels every waiting tap.
func (p Phone) Cancel() (authn.CancelResult, error) {
	n, err := p.cancelTaps("asked", "H15")
	return authn.CancelResult{Phone: p.Site.Name(), Cancelled: n > 0}, err
}

// ClockWentBack hides a shown PIN and cancels waiting taps (A8). Spent and
// expired PINs stay unusable, since they have been deleted.
func (p Phone) ClockWentBack() error {
	if _, err := p.wipe("", string(authn.EventClockWentBack), "A8"); err != nil {
		return err
	}
	_, err := p.cancelTaps(string(authn.EventClockWentBack), "A8")
	return err
}

// shown returns the PIN that the phone shows, and reports whether it shows one.
func (p Phone) shown() (on screen, pin screenSecret, showing bool, err error) {
	showing, err = p.Shelf.Load(recordScreen, &on, &pin)
	return on, pin, showing, err
}

// wipe clears the screen if it shows a PIN for ws, or for any workstation
// when ws is empty.
func (p Phone) wipe(ws, reason string, rule authn.RuleID) (bool, error) {
	var s screen
	there, err := p.Shelf.Load(recordScreen, &s, nil)
	if err != nil || !there || (ws != "" && ws != s.Workstation) {
		return false, err
	}
	p.StopTimer(timerHide, s.Workstation)
	p.Happened(EventPINHidden, s.Workstation, rule, map[string]any{"workstation": s.Workstation, "reason": reason})
	return true, p.Shelf.Remove(recordScreen)
}

// cancelTaps cancels the waiting taps and returns their number.
func (p Phone) cancelTaps(reason string, rule authn.RuleID) (int, error) {
	n := 0
	err := p.eachComputer(func(c *computer) error {
		if !c.waiting() {
			return nil
		}
		c.cancelTap(reason, rule)
		n++
		return c.save()
	})
	return n, err
}

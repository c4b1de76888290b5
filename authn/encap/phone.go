package encap

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
)

// Phone is the app with Encap's SDK. It keeps no PIN and no hash of one.
type Phone struct{ authn.Host }

// TimerPrefix begins the kinds of the family's timers.
const TimerPrefix = "encap."

const timerOperation = TimerPrefix + "operation" // by session

const (
	recordRegistration = "encap/registration"
	recordPending      = "encap/pending"
	recordOperation    = "encap/operation"
	recordBiometrics   = "encap/biometrics"
	recordExpired      = "encap/ended"
	recordClosed       = "encap/closed"
)

// phoneRegistration is the app's record of its registration.
type phoneRegistration struct {
	ID       string   `json:"id"`
	User     string   `json:"user"`
	Platform string   `json:"platform"`
	Server   []byte   `json:"server"` // the server's keys
	Box      []byte   `json:"box"`
	Methods  []Method `json:"methods"`
	Counter  uint64   `json:"counter"`
	// Unanswered is the counter of the first addOrUpdate that got no answer.
	Unanswered uint64 `json:"unanswered,omitempty"`
}

type phoneSecret struct {
	Shared []byte         `json:"shared"` // 32 bytes, from which every method's key comes
	Keys   authn.SiteKeys `json:"keys"`
}

// pending is the current online operation. It is deleted when the Action ends.
type pending struct {
	Activation bool `json:"activation,omitempty"`
	// Of an activation.
	User         string   `json:"user,omitempty"`
	Platform     string   `json:"platform,omitempty"`
	Nonce        []byte   `json:"nonce,omitempty"`
	Server       []byte   `json:"server,omitempty"`
	Box          []byte   `json:"box,omitempty"`
	Methods      []Method `json:"methods,omitempty"`
	Registration string   `json:"registration,omitempty"`
	// Of the others.
	Counter uint64 `json:"counter,omitempty"`
	Method  Method `json:"method,omitempty"`
	Updated bool   `json:"updated,omitempty"`
	// Challenge is the server's challenge, Verdict its answer.
	Challenge []byte   `json:"challenge,omitempty"`
	Verdict   *verdict `json:"verdict,omitempty"`
}

// operation is scanned verification data that awaits approval.
type operation struct {
	Session  string    `json:"session"`
	Provider string    `json:"provider"`
	Method   Method    `json:"method"`
	Digits   int       `json:"digits"`
	Question string    `json:"question"`
	Title    string    `json:"title,omitempty"`
	Content  string    `json:"content,omitempty"`
	MIME     string    `json:"mime"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
}

func (p Phone) registration() (r phoneRegistration, s phoneSecret, there bool, err error) {
	there, err = p.Shelf.Load(recordRegistration, &r, &s)
	if err == nil && there && (len(s.Shared) != 32 || s.Keys.Check() != nil) {
		err = authn.ErrDamaged
	}
	return r, s, there, err
}

func (p Phone) operation() (o operation, there bool, err error) {
	there, err = p.Shelf.Load(recordOperation, &o, nil)
	return o, there, err
}

func (p Phone) pending() (pending, authn.SiteKeys, error) {
	var n pending
	var k authn.SiteKeys
	_, err := p.Shelf.Load(recordPending, &n, &k)
	return n, k, err
}

// refuse returns a refusal by the phone.
func (p Phone) refuse(code authn.Code, rule authn.RuleID, message string, a about) *authn.Refusal {
	a.Phone = p.Site.Name()
	return refusal(code, rule, p.Site, p.Site.Name(), message, a)
}

// activatedAndIdle returns the registration, unless there is none (E16) or an
// operation is open (E17).
func (p Phone) activatedAndIdle() (phoneRegistration, phoneSecret, error) {
	r, s, there, err := p.registration()
	if err != nil {
		return r, s, err
	}
	if !there {
		return r, s, p.refuse(CodeNotActivated, "E16", p.Site.Name()+" is not activated", about{})
	}
	return r, s, p.refuseIfBusy()
}

// refuseIfBusy refuses while an operation is open (E17).
func (p Phone) refuseIfBusy() error {
	o, open, err := p.operation()
	if err != nil || !open {
		return err
	}
	return p.refuse(CodeOperationInProgress, "E17", "an operation for "+o.Provider+" is open on "+p.Site.Name(),
		about{Provider: o.Provider, Session: o.Session})
}

// Receive takes a message that reached the phone.
func (p Phone) Receive(m authn.Message) error {
	return p.Dispatch(m, map[string]func(authn.Message) error{
		msgOffer:         decoded(p.offered),
		msgActivated:     decoded(p.activated),
		msgAuthChallenge: decoded(p.challenged),
		msgAuthResult:    decoded(p.authResult),
		msgAdded:         decoded(p.added),
	})
}

// Fire closes the open operation when its timer is due (E17). The session is
// remembered, so that setting the clock back does not reopen it (A8).
func (p Phone) Fire(timer authn.Timer) error {
	o, open, err := p.operation()
	if err != nil || !open || timer.Kind != timerOperation || timer.Subject != o.Session {
		return err
	}
	if err := p.rememberExpired(o.Session); err != nil {
		return err
	}
	_, err = p.close("expired", "E17")
	return err
}

// Cancel closes the open operation (E17) and reports whether there was one.
func (p Phone) Cancel() (bool, error) { return p.close("asked", "E17") }

// ClockWentBack closes the open operation, whose time is not known any more
// (A8).
func (p Phone) ClockWentBack() error {
	_, err := p.close(string(authn.EventClockWentBack), "A8")
	return err
}

// Restart closes the open operation (E17).
func (p Phone) Restart() (bool, error) { return p.close("restarted", "E17") }

// Forget closes the open operation of a world whose files were copied back
// (A14).
func (p Phone) Forget(reason string, rule authn.RuleID) error {
	_, err := p.close(reason, rule)
	return err
}

// close ends the open operation without a code.
func (p Phone) close(reason string, rule authn.RuleID) (bool, error) {
	o, open, err := p.operation()
	if err != nil || !open {
		return false, err
	}
	p.StopTimer(timerOperation, o.Session)
	p.Happened(EventOperationClosed, p.Site.Name(), rule,
		map[string]any{"phone": p.Site.Name(), "provider": o.Provider, "session": o.Session, "reason": reason})
	if err := p.Shelf.Save(recordClosed, closedOperation{o.Session, o.Provider, o.Method, reason}, nil); err != nil {
		return true, err
	}
	return true, p.Shelf.Remove(recordOperation)
}

// closedOperation is the last operation that ended without a code, and why. It
// is kept until the next one begins.
type closedOperation struct {
	Session  string `json:"session"`
	Provider string `json:"provider"`
	Method   Method `json:"method"`
	Reason   string `json:"reason"`
}

// refuseNoOperation refuses to approve (E15), and says what became of the operation
// that was open last. Its session at the server is open still, unless it
// expired, and the same code can be scanned again.
func (p Phone) refuseNoOperation() error {
	var c closedOperation
	there, err := p.Shelf.Load(recordClosed, &c, nil)
	if err != nil {
		return err
	}
	a := about{Session: c.Session, Provider: c.Provider, Method: c.Method}
	if !there {
		return p.refuse(CodeWrongState, "E15", "nothing was scanned that waits for an answer", a)
	}
	why := map[string]string{
		"asked": "was cancelled", "expired": "has expired", "restarted": "was closed by a restart",
		string(authn.EventClockWentBack): "was closed as the clock went back",
	}[c.Reason]
	if why == "" {
		why = "was closed"
	}
	r := p.refuse(CodeWrongState, "E15",
		fmt.Sprintf("the operation for %s %s; nothing waits for an answer", a.Provider, why), a)
	if c.Reason != "expired" {
		r.Hints = append([]string{fmt.Sprintf("the code can be scanned again until its session %s ends", a.Session)},
			r.Hints...)
	}
	return r
}

// expiredSessions are the newest sessions that expired on this phone.
type expiredSessions struct {
	Sessions []string `json:"sessions"`
}

// maxExpired is how many expired sessions are remembered.
const maxExpired = 32

func (p Phone) rememberExpired(session string) error {
	var e expiredSessions
	if _, err := p.Shelf.Load(recordExpired, &e, nil); err != nil || slices.Contains(e.Sessions, session) {
		return err
	}
	e.Sessions = append(e.Sessions, session)
	e.Sessions = e.Sessions[max(0, len(e.Sessions)-maxExpired):]
	return p.Shelf.Save(recordExpired, e, nil)
}

// sessionOver reports whether a session has expired for this phone, now or before.
func (p Phone) sessionOver(v data) (now, before bool, err error) {
	var e expiredSessions
	if _, err := p.Shelf.Load(recordExpired, &e, nil); err != nil {
		return false, false, err
	}
	return !p.Env.Now().Before(v.Expires), slices.Contains(e.Sessions, v.Session), nil
}

// matches reports whether an answer belongs to the pending request.
func (n pending) matches(r phoneRegistration, a phoneRequest) bool {
	return !n.Activation && n.Verdict == nil && n.Counter != 0 && a.Counter == n.Counter && a.Registration == r.ID
}

// matchesActivation reports whether an answer belongs to the pending activation.
func (n pending) matchesActivation(challenge []byte) bool {
	return n.Activation && n.Verdict == nil && len(n.Challenge) > 0 && bytes.Equal(challenge, n.Challenge)
}

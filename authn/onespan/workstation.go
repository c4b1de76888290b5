package onespan

import (
	"bytes"
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// Workstation is the client on a computer: Windows' logon with the credential
// provider, and the Tray Agent. It keeps offline data, and judges by it where
// no server answers.
type Workstation struct{ authn.Host }

// TimerPrefix begins the kinds of the family's timers.
const TimerPrefix = "onespan."

// The timers of data, by USER/NUMBER.
const (
	timerExpire = TimerPrefix + "expire"
	timerRemind = TimerPrefix + "remind"
)

const (
	recordKeys    = "onespan/keys"
	recordDesk    = "onespan/desk"
	recordPolicy  = "onespan/policy"
	recordRequest = "onespan/ask"
	dataRecords   = "onespan/data/"  // by USER
	blocks        = "onespan/block/" // by USER/NUMBER/PART
)

// wsSelf is the workstation's own record; its secret half is its keys.
type wsSelf struct {
	// Server and ServerBox are the server's keys, once joined.
	Server    []byte `json:"server,omitempty"`
	ServerBox []byte `json:"server_box,omitempty"`
	// NoTray is true if the Tray Agent is not installed (O56).
	NoTray bool `json:"no_tray,omitempty"`
}

// desk is the state of the screen.
type desk struct {
	Unlocked bool   `json:"unlocked"`
	User     string `json:"user,omitempty"` // who is logged on, or was last
	Mode     string `json:"mode,omitempty"`
	// Counter is that of the last request to the server.
	Counter uint64 `json:"counter"`
}

// request is the current request. It is deleted when the Action ends.
type request struct {
	requestID
	// Verdict is nil until an answer came.
	Verdict    *verdict `json:"verdict,omitempty"`
	Skew       int64    `json:"skew,omitempty"`
	Fate       fate     `json:"fate,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	PINChanged bool     `json:"pin_changed,omitempty"`
	// Taken is the event that the arrival of new data caused.
	Taken authn.Kind `json:"taken,omitempty"`
}

// Join makes the workstation's keys, locks its screen and tells the server;
// noTray leaves the Tray Agent out.
func (w Workstation) Join(noTray bool) error {
	k, err := authn.DrawKeys(w.Env, "onespan.keys")
	if err != nil {
		return err
	}
	box, err := k.BoxPublic()
	if err != nil {
		return err
	}
	if err := w.Shelf.Save(recordKeys, wsSelf{NoTray: noTray}, k); err != nil {
		return err
	}
	m := join{Name: w.Site.Name(), Sign: k.SignPublic(), Box: box}
	w.Send(authn.SiteServer, msgJoin, encode(msgJoin, &m, k.Signer()))
	return w.Shelf.Save(recordDesk, desk{}, nil)
}

// Joined reports whether the server has answered.
func (w Workstation) Joined() (bool, error) {
	s, _, err := w.self()
	return len(s.Server) > 0, err
}

func (w Workstation) self() (s wsSelf, k authn.SiteKeys, err error) {
	there, err := w.Shelf.Load(recordKeys, &s, &k)
	if err == nil && there {
		err = k.Check()
	}
	return s, k, err
}

func (w Workstation) desk() (d desk, err error) {
	_, err = w.Shelf.Load(recordDesk, &d, nil)
	return d, err
}

// policy returns the client's settings as last received. Without a Tray Agent
// the user is not notified (O56).
func (w Workstation) policy() (clientSettings, error) {
	c := DefaultSettings().client()
	if _, err := w.Shelf.Load(recordPolicy, &c, nil); err != nil {
		return c, err
	}
	self, _, err := w.self()
	if self.NoTray {
		c.NotifyDays, c.NotifyUses = 0, 0
	}
	return c, err
}

func (w Workstation) request() (a request, err error) {
	_, err = w.Shelf.Load(recordRequest, &a, nil)
	return a, err
}

// Lock locks the screen; the result tells whether it was locked already.
func (w Workstation) Lock() (authn.LockResult, error) {
	d, err := w.desk()
	if err != nil {
		return authn.LockResult{}, err
	}
	r := authn.LockResult{Workstation: w.Site.Name(), Already: !d.Unlocked}
	w.Happened(EventLocked, w.Site.Name(), "", map[string]any{"already": r.Already})
	d.Unlocked = false
	return r, w.Shelf.Save(recordDesk, d, nil)
}

// Restart boots the workstation, which is locked then. Counts, locks and data
// stay (A6).
func (w Workstation) Restart() (already bool, err error) {
	d, err := w.desk()
	if err != nil || !d.Unlocked {
		return true, err
	}
	_, err = w.Lock()
	return false, err
}

// Receive takes a message that reached the workstation.
func (w Workstation) Receive(m authn.Message) error {
	return w.Dispatch(m, map[string]func(authn.Message) error{
		msgJoined: decoded(w.joined),
		msgAnswer: decoded(w.answered),
		msgPart:   decoded(w.part),
	})
}

func (w Workstation) joined(m authn.Message, j *joined) error {
	s, k, err := w.self()
	switch {
	case err != nil:
		return err
	case !authn.SignedBy(m.Body, j.Sign) || j.Name != w.Site.Name() || s.Server != nil && !bytes.Equal(s.Server, j.Sign):
		return authn.NotAuthentic
	}
	return w.Shelf.Save(recordKeys, wsSelf{Server: j.Sign, ServerBox: j.Box, NoTray: s.NoTray}, k)
}

// subject returns the subject of events about a user here.
func (w Workstation) subject(user string) string { return user + "@" + w.Site.Name() }

// Fire handles a timer of data: the user is told that little is left (O52), or the
// data expires (O25). Then the blocks are deleted, so that setting the clock back
// does not revive them (A8), and the record is marked.
func (w Workstation) Fire(timer authn.Timer) error {
	user, number, ok := cutTimer(timer.Subject)
	if timer.Kind != timerExpire && timer.Kind != timerRemind || !ok {
		return fmt.Errorf("onespan: workstation has no timer %q %q", timer.Kind, timer.Subject)
	}
	d, s, there, err := w.data(user)
	if err != nil || !there || d.Number != number || d.Expired {
		return err
	}
	if timer.Kind == timerRemind {
		d.Told = true
		w.Happened(EventDataExpiring, w.subject(user), "O41",
			map[string]any{"days": int64(daysIn(d.expires().Sub(w.Env.Now())))})
		return w.Shelf.Save(dataRecords+user, d, s)
	}
	w.Happened(EventDataExpired, w.subject(user), "O25", map[string]any{"number": int64(d.Number)})
	if err := w.blocks(user).remove(d.Number, d.parts()); err != nil {
		return err
	}
	d.Expired = true
	return w.Shelf.Save(dataRecords+user, d, s)
}

// cutTimer splits the subject of a timer.
func cutTimer(subject string) (user string, number uint64, ok bool) {
	i := bytes.LastIndexByte([]byte(subject), '/')
	if i < 0 {
		return "", 0, false
	}
	_, err := fmt.Sscan(subject[i+1:], &number)
	return subject[:i], number, err == nil
}

func timerSubject(user string, number uint64) string { return fmt.Sprintf("%s/%d", user, number) }

// Forget deletes the offline data after the world's files were copied back, since
// what was used in between is not known (A14).
func (w Workstation) Forget(reason string, rule authn.RuleID) error {
	names, err := w.Shelf.Names(dataRecords)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := w.drop(name[len(dataRecords):], reason, rule); err != nil {
			return err
		}
	}
	return nil
}

// daysIn returns a span in days, rounded up.
func daysIn(span time.Duration) int { return int((span + day - 1) / day) }

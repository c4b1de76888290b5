package hypr

import (
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Workstation is the client on a computer: its lock screen, its users and their
// PIN sets.
type Workstation struct {
	authn.Host
	// KDF is the cost for new accounts; existing accounts keep theirs.
	KDF authn.KDF
}

// wsSelf is a workstation's record of itself; its secret half is keys.
type wsSelf struct {
	Server []byte `json:"server,omitempty"` // the server's signing key, once enrolled
}

// session is the state of the screen.
type session struct {
	Unlocked bool   `json:"unlocked"`
	User     string `json:"user,omitempty"` // the current user, or the last one
	Mode     string `json:"mode,omitempty"`
}

// The modes of a login.
const (
	ModeOnline    = "online"
	ModeOffline   = "offline"
	ModeBluetooth = "bluetooth" // by an Enterprise Passkey (H36)
)

// accountRecord is a workstation's record of a user. All phones and sets share
// its salt, so one KDF checks a PIN against all of them.
type accountRecord struct {
	Salt     []byte    `json:"salt"`
	KDF      authn.KDF `json:"kdf"`
	Failures int       `json:"failures"` // wrong PINs since the last login (A6)
	// Lockout is the directory's limit as of the last online login (H27).
	Lockout int `json:"lockout,omitempty"`
	// Minutes is the duration of a lock-out, 0 for no end, and Until the end of
	// the current one (H50).
	Minutes int        `json:"minutes,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// lockedOut reports whether the directory has locked the user out here (H27).
func (a accountRecord) lockedOut() bool { return a.Lockout > 0 && a.Failures >= a.Lockout }

// pairing is a workstation's record of a triple. Next holds newer pairings that
// have not been used yet: the one that the phone reported, and the one that it
// requested then. The current pairing stays valid until one of them is used, so
// that a lost message locks nobody out.
type pairing struct {
	Counter    uint64 `json:"counter"` // the highest of all accepted requests
	LastNumber uint64 `json:"last_number"`
	// Revoked reports whether the phone was revoked. Only this and the counters
	// are kept then, so that no replayed message looks new.
	Revoked bool    `json:"revoked,omitempty"`
	Now     *grant  `json:"now,omitempty"`
	Next    []grant `json:"next,omitempty"`
	// Primed reports whether there was an online login; offlineStatus is as of
	// the last one, or of a later pairing.
	Primed bool `json:"primed,omitempty"`
	offlineStatus
}

// grant is one login key: its public half, its phone's keys, and the private
// half sealed under a key that only the phone has.
type grant struct {
	ID      []byte `json:"id"`
	Login   []byte `json:"login"`
	Sign    []byte `json:"sign"`
	Box     []byte `json:"box"`
	Sealed  []byte `json:"sealed"`
	Passkey []byte `json:"passkey,omitempty"` // public half of an Enterprise Passkey
}

// sealedSet is a PIN set on the workstation. Its secret half is a setSecret.
type sealedSet struct {
	Number    uint64    `json:"number"`
	Of        int       `json:"of"`
	Unused    int       `json:"unused"`
	Issued    time.Time `json:"issued"`
	Expires   time.Time `json:"expires"`
	Expired   bool      `json:"expired,omitempty"`
	Confirmed bool      `json:"confirmed,omitempty"`
}

// setSecret has one entry per PIN: a tag that identifies the PIN (kept after
// use, H44) and a copy of the login key that only the PIN decrypts (zeroed by
// use, H23, and by expiry).
type setSecret struct {
	Tags   []byte `json:"tags"`   // 16 bytes each
	Copies []byte `json:"copies"` // 48 bytes each
	Used   []byte `json:"used"`   // 0 or 1 each
}

const (
	tagSize       = 16
	copySize      = 48
	recordSession = "hypr/desk"
	accounts      = "hypr/account/"
	pairings      = "hypr/pairing/"
	sets          = "hypr/set/"
)

func (t triple) pairingName() string { return pairings + t.User + "/" + t.Phone }
func (t triple) setPrefix() string   { return sets + t.User + "/" + t.Phone + "/" }
func (t triple) setName(number uint64) string {
	return fmt.Sprintf("%s%020d", t.setPrefix(), number) // padded, so that names sort by number
}

// Enrol makes the workstation's keys, locks its screen and sends the keys to
// the server.
func (w Workstation) Enrol(version string) error {
	k, err := drawKeys(w.Env)
	if err != nil {
		return err
	}
	if err := authn.CheckVersion(version); err != nil {
		return err
	}
	if err := w.Shelf.Save(recordKeys, wsSelf{}, k); err != nil {
		return err
	}
	if err := w.Shelf.Save(recordSession, session{}, nil); err != nil {
		return err
	}
	return sendEnrol(w.Host, k, enrol{Version: version})
}

// Enrolled reports whether the server has answered.
func (w Workstation) Enrolled() (bool, error) {
	s, _, err := w.self()
	return len(s.Server) > 0, err
}

func (w Workstation) self() (wsSelf, keys, error) {
	var s wsSelf
	var k keys
	there, err := w.Shelf.Load(recordKeys, &s, &k)
	if err == nil && there {
		err = k.Check()
	}
	return s, k, err
}

func (w Workstation) session() (session, error) {
	var d session
	_, err := w.Shelf.Load(recordSession, &d, nil)
	return d, err
}

// Lock locks the screen, and reports whether it was locked before.
func (w Workstation) Lock() (authn.LockResult, error) {
	d, err := w.session()
	if err != nil {
		return authn.LockResult{}, err
	}
	r := authn.LockResult{Workstation: w.Site.Name(), Already: !d.Unlocked}
	w.Happened(EventLocked, w.Site.Name(), "", map[string]any{"already": r.Already})
	d.Unlocked = false
	return r, w.Shelf.Save(recordSession, d, nil)
}

// unlock opens the screen for a user.
func (w Workstation) unlock(user, mode string) error {
	return w.Shelf.Save(recordSession, session{Unlocked: true, User: user, Mode: mode}, nil)
}

// expiryTimer returns the subject of the expiry timer of a set.
func (t triple) expiryTimer(number uint64) string {
	return fmt.Sprintf("%s/%s/%d", t.User, t.Phone, number)
}

// Fire handles a due timer of the workstation. When a set expires (H33), its
// sealed copies are deleted, so that setting a clock back does not revive them
// (A8). The tags are kept to tell its PINs from wrong ones.
func (w Workstation) Fire(timer authn.Timer) error {
	parts := strings.Split(timer.Subject, "/")
	switch timer.Kind {
	case timerAsk:
		return w.Shelf.Remove(timer.Subject)
	case timerLockout:
		acc, there, err := w.account(timer.Subject)
		if err != nil || !there {
			return err
		}
		return acc.endLockout("time")
	}
	if timer.Kind != timerExpire || len(parts) != 3 {
		return fmt.Errorf("hypr: workstation has no timer %q %q", timer.Kind, timer.Subject)
	}
	t := triple{User: parts[0], Phone: parts[1], Workstation: w.Site.Name()}
	var number uint64
	if _, err := fmt.Sscan(parts[2], &number); err != nil {
		return fmt.Errorf("hypr: timer %q: %w", timer.Subject, err)
	}
	var set sealedSet
	var secret setSecret
	there, err := w.Shelf.Load(t.setName(number), &set, &secret)
	if err != nil || !there {
		return err
	}
	w.Happened(EventPINsExpired, t.subject(), "H33",
		map[string]any{"phone": t.Phone, "number": int64(number), "left": int64(set.Unused)})
	set.Expired = true
	clear(secret.Copies)
	return w.Shelf.Save(t.setName(number), set, secret)
}

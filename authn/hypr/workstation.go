package hypr

import (
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Workstation is the client on a computer: its lock screen, and what it
// keeps of users and their PIN sets.
type Workstation struct {
	authn.Host
	// KDF is the cost for accounts that are new here; others keep theirs.
	KDF authn.KDF
}

// wsSelf is what a workstation knows of itself; its secret half is keys.
type wsSelf struct {
	Server []byte `json:"server,omitempty"` // the server's signing key, once enrolled
}

// desk is the state of the screen.
type desk struct {
	Unlocked bool   `json:"unlocked"`
	User     string `json:"user,omitempty"` // who is logged in, or was last
	Mode     string `json:"mode,omitempty"`
}

// The modes of a login.
const (
	ModeOnline    = "online"
	ModeOffline   = "offline"
	ModeBluetooth = "bluetooth" // by an Enterprise Passkey (H36)
)

// accountRecord is what a workstation keeps of a user. Its salt stays over phones and
// sets, so one KDF judges a PIN against all of them.
type accountRecord struct {
	Salt     []byte    `json:"salt"`
	KDF      authn.KDF `json:"kdf"`
	Failures int       `json:"failures"` // wrong PINs since the last login (A6)
	// Lockout is the directory's limit as of the last online login (H27).
	Lockout int `json:"lockout,omitempty"`
	// Minutes is after how many minutes such a lock ends, 0 for never, and
	// Until when the one does that there is (H50).
	Minutes int        `json:"minutes,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// lockedOut reports whether the directory has locked the user out here (H27).
func (a accountRecord) lockedOut() bool { return a.Lockout > 0 && a.Failures >= a.Lockout }

// pairing is what a workstation keeps of a triple. Next are newer pairings
// that have not been used yet: that which the phone said it has, and the one
// that it asked for then. Until one of them is used, the one in use stays
// good, so that a pairing whose last message was lost locks nobody out.
type pairing struct {
	Counter    uint64 `json:"counter"` // the highest of any request that was taken
	LastNumber uint64 `json:"last_number"`
	// Revoked says that the phone was lost. What is kept of it then is only
	// this, and the counters, so that no recorded message looks new.
	Revoked bool    `json:"revoked,omitempty"`
	Now     *grant  `json:"now,omitempty"`
	Next    []grant `json:"next,omitempty"`
	// Primed says that there was an online login; the standing is that of the
	// last one, or of a pairing since.
	Primed bool `json:"primed,omitempty"`
	standing
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

// sealedSet is a PIN set on the workstation; its secret half is setSecret.
type sealedSet struct {
	Number    uint64    `json:"number"`
	Of        int       `json:"of"`
	Unused    int       `json:"unused"`
	Issued    time.Time `json:"issued"`
	Expires   time.Time `json:"expires"`
	Expired   bool      `json:"expired,omitempty"`
	Confirmed bool      `json:"confirmed,omitempty"`
}

// setSecret has one entry a PIN: a tag that tells whether this is the PIN
// (kept after use, H44) and a copy of the login key that only the PIN opens
// (zeroed by use, H23, and by expiry).
type setSecret struct {
	Tags   []byte `json:"tags"`   // 16 bytes each
	Copies []byte `json:"copies"` // 48 bytes each
	Used   []byte `json:"used"`   // 0 or 1 each
}

const (
	tagSize    = 16
	copySize   = 48
	recordDesk = "hypr/desk"
	accounts   = "hypr/account/"
	pairings   = "hypr/pairing/"
	sets       = "hypr/set/"
)

func (t triple) pairingName() string { return pairings + t.User + "/" + t.Phone }
func (t triple) setPrefix() string   { return sets + t.User + "/" + t.Phone + "/" }
func (t triple) setName(number uint64) string {
	return fmt.Sprintf("%s%020d", t.setPrefix(), number) // padded, so that names sort by number
}

// Enrol makes the workstation's keys, locks its screen and tells the server.
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
	if err := w.Shelf.Save(recordDesk, desk{}, nil); err != nil {
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

func (w Workstation) desk() (desk, error) {
	var d desk
	_, err := w.Shelf.Load(recordDesk, &d, nil)
	return d, err
}

// Lock locks the screen; a locked one stays so and says so.
func (w Workstation) Lock() (authn.LockResult, error) {
	d, err := w.desk()
	if err != nil {
		return authn.LockResult{}, err
	}
	r := authn.LockResult{Workstation: w.Site.Name(), Already: !d.Unlocked}
	emit(w.Host, EventLocked, w.Site.Name(), "", map[string]any{"already": r.Already})
	d.Unlocked = false
	return r, w.Shelf.Save(recordDesk, d, nil)
}

// unlock opens the screen for a user.
func (w Workstation) unlock(user, mode string) error {
	return w.Shelf.Save(recordDesk, desk{Unlocked: true, User: user, Mode: mode}, nil)
}

// setTimer names the expiry timer of a set.
func (t triple) setTimer(number uint64) string {
	return fmt.Sprintf("%s/%s/%d", t.User, t.Phone, number)
}

// Fire is what the workstation does when one of its timers is due: a set
// expires (H33). The sealed copies go, so that no clock that is set back
// revives them (A8); the tags stay, so that its PINs are told from wrong
// ones.
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
	emit(w.Host, EventPINsExpired, t.subject(), "H33",
		map[string]any{"phone": t.Phone, "number": int64(number), "left": int64(set.Unused)})
	set.Expired = true
	clear(secret.Copies)
	return w.Shelf.Save(t.setName(number), set, secret)
}

package hypr

import (
	"crypto/ed25519"
	"crypto/subtle"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
)

// openSet is a set read from the shelf, with its name.
type openSet struct {
	triple triple
	sealedSet
	secret setSecret
}

// Login types an offline PIN at the lock screen. It runs one KDF, however many
// sets and PINs there are. Every try counts (A6).
func (w Workstation) Login(user string, pin authn.Secret) (LoginResult, error) {
	d, err := w.session()
	if err != nil {
		return LoginResult{}, err
	}
	acc := &account{Host: w.Host, user: user}
	if d.Unlocked {
		return LoginResult{}, acc.refuse(CodeNotLocked, "H45",
			fmt.Sprintf("%s is unlocked, and takes an offline login only while it is locked", w.Site.Name()),
			"offauth workstation lock "+w.Site.Name())
	}
	there, err := acc.load()
	if err != nil {
		return LoginResult{}, err
	}
	if !there {
		return LoginResult{}, acc.refuse(CodeNotPaired, "H9",
			fmt.Sprintf("%s has no phone that is paired with %s", user, w.Site.Name()), "offauth device pair "+w.Site.Name())
	}
	if acc.lockedOut() {
		return LoginResult{}, acc.lockoutRefusal()
	}
	held, err := w.userSets(user)
	if err != nil {
		return LoginResult{}, err
	}
	if len(held) == 0 {
		return LoginResult{}, acc.noSetsRefusal()
	}
	stretched, err := w.Slow([]authn.SlowJob{kdfJob(acc.KDF, acc.Salt, normalise(pin))})
	if err != nil {
		return LoginResult{}, err
	}
	v := judge(held, stretched[0])
	if v.code != "" {
		if err := acc.fail(); err != nil {
			return LoginResult{}, err
		}
		r := acc.wrongPIN(v)
		if v.rule == "H33" { // name the set
			r.Fields["phone"], r.Fields["number"] = held[v.set].triple.Phone, int64(held[v.set].Number)
		}
		return LoginResult{}, r
	}
	acc.clearFailures()
	if err := acc.save(); err != nil {
		return LoginResult{}, err
	}
	return w.spend(user, held, v)
}

// userSets reads all sets of a user, of every phone.
func (w Workstation) userSets(user string) ([]openSet, error) {
	names, err := w.Shelf.Names(sets + user + "/")
	if err != nil {
		return nil, err
	}
	out := []openSet{}
	for _, name := range names {
		phone, _, _ := strings.Cut(strings.TrimPrefix(name, sets+user+"/"), "/")
		s := openSet{triple: triple{User: user, Phone: phone, Workstation: w.Site.Name()}}
		if _, err := w.Shelf.Load(name, &s.sealedSet, &s.secret); err != nil {
			return nil, err
		}
		if len(s.secret.Tags) != s.Of*tagSize || len(s.secret.Copies) != s.Of*copySize || len(s.secret.Used) != s.Of {
			return nil, authn.ErrDamaged
		}
		s.Expired = s.Expired || !w.Env.Now().Before(s.Expires) // H33: its timer may not have fired yet
		out = append(out, s)
	}
	return out, nil
}

// verdict is the result of checking a typed PIN. An empty code means that it is
// right; set and entry then identify it, and key decrypts its copy.
type verdict struct {
	code       authn.Code
	rule       authn.RuleID
	set, entry int
	key        []byte
}

// judge checks a PIN in the order of H44. A PIN of an expired set is reported
// as expired. If all live sets are used up, there are no PINs left (H34).
// Otherwise a used PIN is distinguished from a wrong one (H23, H35).
func judge(held []openSet, stretched []byte) verdict {
	live, left := 0, 0
	found := verdict{set: -1}
	for i, s := range held {
		if !s.Expired {
			live++
			left += s.Unused
		}
		tag, key := copyKeys(stretched, s.header())
		if entry := s.secret.find(tag); entry >= 0 && (found.set < 0 || s.good(entry)) {
			found = verdict{set: i, entry: entry, key: key}
		}
	}
	mine := found.set >= 0
	switch {
	case mine && held[found.set].Expired:
		return verdict{code: CodePINExpired, rule: "H33", set: found.set}
	case live > 0 && left == 0:
		return verdict{code: CodePINExpired, rule: "H34"}
	case mine && held[found.set].secret.Used[found.entry] == 1:
		return verdict{code: CodePINUsed, rule: "H23"}
	case !mine:
		return verdict{code: CodeWrongPIN, rule: "H24"}
	}
	return found
}

// Used reports whether a PIN has unlocked the workstation. It counts no try.
// Only a simulator, which sees both sides, can ask.
func (w Workstation) Used(user string, pin authn.Secret) (bool, error) {
	acc, there, err := w.account(user)
	if err != nil || !there {
		return false, err
	}
	held, err := w.userSets(user)
	if err != nil || len(held) == 0 {
		return false, err
	}
	stretched, err := w.Slow([]authn.SlowJob{kdfJob(acc.KDF, acc.Salt, normalise(pin))})
	if err != nil {
		return false, err
	}
	for _, s := range held {
		tag, _ := copyKeys(stretched[0], s.header())
		if entry := s.secret.find(tag); entry >= 0 && s.secret.Used[entry] == 1 {
			return true, nil
		}
	}
	return false, nil
}

// good reports whether an entry still unlocks. Two sets may share a PIN by
// chance; then the good entry counts.
func (s openSet) good(entry int) bool { return !s.Expired && s.secret.Used[entry] == 0 }

func (s openSet) header() []byte {
	return setHeader(s.triple, s.Number, s.Issued.UnixNano(), s.Expires.UnixNano())
}

// find returns the entry of a tag, or -1. Its time does not depend on the
// result (A9).
func (s setSecret) find(tag []byte) int {
	at := -1
	for i := 0; (i+1)*tagSize <= len(s.Tags); i++ {
		same := subtle.ConstantTimeCompare(s.Tags[i*tagSize:(i+1)*tagSize], tag)
		at = subtle.ConstantTimeSelect(same, i, at)
	}
	return at
}

// spend decrypts the login key with the right PIN, proves it by a signature
// that the certificate verifies, deletes the PIN's copy (H23), and unlocks.
func (w Workstation) spend(user string, held []openSet, v verdict) (LoginResult, error) {
	s := held[v.set]
	at := s.secret.Copies[v.entry*copySize : (v.entry+1)*copySize]
	seed, ok := open(v.key, at, s.header())
	if !ok {
		return LoginResult{}, fmt.Errorf("hypr: the sealed copy of a right PIN does not open")
	}
	p, err := w.pairing(s.triple)
	if err != nil {
		return LoginResult{}, err
	}
	if err := w.prove(p.Now, seed); err != nil {
		return LoginResult{}, err
	}
	clear(at)
	s.secret.Used[v.entry] = 1
	s.Unused--
	w.Happened(EventUnlocked, s.triple.subject(), "H22",
		map[string]any{"phone": s.triple.Phone, "mode": ModeOffline, "left": int64(s.Unused)})
	if !s.Confirmed {
		if err := w.confirm(s.triple, &s.sealedSet, "use"); err != nil {
			return LoginResult{}, err
		}
	}
	if err := w.Shelf.Save(s.triple.setName(s.Number), s.sealedSet, s.secret); err != nil {
		return LoginResult{}, err
	}
	r := LoginResult{Workstation: w.Site.Name(), User: user, Mode: ModeOffline, Unlocked: true, Left: s.Unused}
	return r, w.unlock(user, ModeOffline)
}

// prove signs a fresh challenge with the login key and verifies it against
// the certificate's.
func (w Workstation) prove(g *grant, seed []byte) error {
	challenge, err := w.Env.Draw("hypr.challenge", 32)
	if err != nil {
		return err
	}
	if g == nil || !ed25519.Verify(g.Login, challenge, ed25519.Sign(ed25519.NewKeyFromSeed(seed), challenge)) {
		return fmt.Errorf("hypr: the login key does not fit its certificate")
	}
	return nil
}

// confirm marks a set as confirmed by the phone and deletes every older one
// (H32).
func (w Workstation) confirm(t triple, set *sealedSet, by string) error {
	set.Confirmed = true
	w.Happened(EventPINsConfirmed, t.subject(), "H32",
		map[string]any{"phone": t.Phone, "number": int64(set.Number), "by": by})
	return w.keepSets(t, "replaced", "H32", func(number uint64) bool { return number >= set.Number })
}

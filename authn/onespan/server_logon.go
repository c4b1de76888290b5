package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

// logon judges a credential and answers; a success may bring offline data.
func (s Server) logon(m authn.Message, l *logon) error {
	c, there, err := s.client(l.Workstation)
	switch {
	case err != nil:
		return err
	case !there || m.From != authn.Workstation(l.Workstation) || !authn.SignedBy(m.Body, c.Sign):
		return authn.NotAuthentic
	case l.Counter <= c.Counter:
		return authn.Replayed
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	credential, ok := authn.OpenFor(k.Box, l.Sealed, l.sealBound("credential"))
	if !ok {
		return authn.NotAuthentic
	}
	c.Counter = l.Counter
	if err := s.Shelf.Save(clients+l.Workstation, c, nil); err != nil {
		return err
	}
	set, err := s.Settings()
	if err != nil {
		return err
	}
	if err := s.report(*l); err != nil {
		return err
	}
	j := judgement{Server: s, set: set, logon: *l}
	if err := j.judge(string(credential)); err != nil {
		return err
	}
	return s.answer(j, c, k)
}

// judgement is the check of a credential, and its result.
type judgement struct {
	Server
	set   Settings
	logon logon

	user   user
	secret userSecret
	// serial, authenticator and seed belong to the right code.
	serial        string
	authenticator authenticator
	seed          []byte

	verdict    verdict
	skew       time.Duration
	pinChanged bool
}

// judge checks a credential in this order: the user's lock, the form, static
// password, server PIN, one-time password, and whether a new PIN is due. It saves
// the changes of a right credential and the count of a wrong one.
func (j *judgement) judge(credential string) (err error) {
	if j.user, j.secret, err = j.Server.user(j.logon.User); err != nil {
		return err
	}
	var p parts
	if p, err = j.checkForm(credential); err != nil {
		return err
	}
	if j.verdict.ok() {
		j.verdict = j.checkSecrets(p)
	}
	if j.verdict.ok() {
		if err := j.checkOTP(p.otp); err != nil {
			return err
		}
	}
	if j.verdict.ok() {
		return j.accept(p)
	}
	return j.countFailure()
}

// checkForm splits a credential (O32), and checks the form of a new PIN before
// any secret, so that a typo changes and reveals nothing (O30).
func (j *judgement) checkForm(credential string) (parts, error) {
	switch {
	case j.user.Locked:
		j.verdict = userLocked
		return parts{}, nil
	case len(j.user.Serials) == 0:
		j.verdict = noAuthenticator
		return parts{}, nil
	case j.set.PasswordRequired && j.secret.Password == "":
		j.verdict = noPassword
		return parts{}, nil
	}
	want := shape{newPIN: j.set.PINRequired}
	if j.set.PasswordRequired {
		want.password = len(j.secret.Password)
	}
	if j.set.PINRequired {
		want.pin = j.secret.PINLen
	}
	// Authenticators that were assigned under different settings have codes of
	// different lengths; the newest that fits decides.
	j.verdict = malformed
	for i := len(j.user.Serials) - 1; i >= 0; i-- {
		a, _, _, err := j.Server.authenticator(j.user.Serials[i])
		if err != nil {
			return parts{}, err
		}
		want.otp = a.Digits
		if p, ok := want.parse(credential); ok {
			j.verdict = verdict{}
			if p.changes() {
				j.verdict = checkNewPIN(p.fresh, p.again, j.set.PINLength)
			}
			return p, nil
		}
	}
	return parts{}, nil
}

// checkSecrets checks the static password and the server PIN.
func (j *judgement) checkSecrets(p parts) verdict {
	switch {
	case j.set.PasswordRequired && !equalSecrets(p.password, j.secret.Password):
		return wrongPassword
	case j.set.PINRequired && j.secret.PINLen > 0 && !j.secret.PIN.matches(p.pin):
		return wrongPIN
	}
	return verdict{}
}

// checkOTP checks a one-time password against every authenticator of the user. A
// used one has another verdict than a wrong one.
func (j *judgement) checkOTP(otp string) error {
	j.verdict = verdict{}
	for _, serial := range j.user.Serials {
		a, seed, _, err := j.Server.authenticator(serial)
		if err != nil {
			return err
		}
		codes, err := a.codes(seed)
		if err != nil {
			return err
		}
		v, next := a.verify(codes, otp, j.Env.Now(), j.set)
		if v.ok() {
			if a.Type == TimeBased {
				a.Drift = int64(next-1) - int64(stepOf(j.Env.Now(), a.StepSeconds))
			}
			a.Next = next
			j.serial, j.authenticator, j.seed, j.verdict, j.skew = serial, a, seed, v, 0
			return nil
		}
		if j.verdict.Code != CodeReplayed {
			j.verdict = v
		}
		if v == wrongTime && j.skew == 0 {
			j.skew = a.skew(codes, otp, j.Env.Now())
		}
	}
	if j.verdict.Code == CodeReplayed {
		j.skew = 0
	}
	return nil
}

// verify returns the verdict on a code and the next unused value. Time-based: the steps of the window around the
// server's step and the known drift (O24, O47). Event-based: those from last+1
// to last+window (O22).
func (a authenticator) verify(codes *oath.HOTP, otp string, now time.Time, set Settings) (verdict, uint64) {
	from, to := a.Next, a.Next+uint64(set.EventWindow)-1
	back, wrong := a.Next-min(a.Next, uint64(set.EventWindow)), wrongEvent
	if a.Type == TimeBased {
		step := int64(stepOf(now, a.StepSeconds)) + a.Drift
		low := uint64(max(step-int64(set.Window), 0))
		to = uint64(max(step+int64(set.Window), 0))
		from, back, wrong = max(a.Next, low), low, wrongTime
	}
	if value, ok := codes.Find(otp, from, to); ok {
		return verdict{}, value + 1
	}
	if a.Next == 0 || back >= a.Next {
		return wrong, 0
	}
	value, found := codes.Find(otp, back, min(a.Next-1, to))
	switch {
	case !found:
		return wrong, 0
	case value+1 < a.Next: // what was accepted is the last; of older ones nothing is known
		return a.Type.oldVerdict(), 0
	case value < a.Reported:
		return usedThere, 0
	}
	return usedHere, 0
}

// skew looks for a wrong code outside the window, and returns how far off the
// authenticator's clock would be, or 0 (O47).
func (a authenticator) skew(codes *oath.HOTP, otp string, now time.Time) time.Duration {
	step := int64(stepOf(now, a.StepSeconds))
	for nearer := 4; nearer >= 0; nearer-- { // as a code may come twice
		reach := a.resyncSteps() >> nearer
		if value, ok := codes.Find(otp, uint64(max(step-reach, 0)), uint64(step+reach)); ok {
			return time.Duration(int64(value)-step) * time.Duration(a.StepSeconds) * time.Second
		}
	}
	return 0
}

// accept ends the judgement of a credential whose parts are all right. Where a
// new PIN is still wanted (O28), nothing was accepted, so the code stays good
// for the logon that brings the PIN (O50).
func (j *judgement) accept(p parts) error {
	name := j.logon.User
	if j.set.PINRequired && !p.changes() {
		switch {
		case j.secret.PINLen == 0:
			j.verdict = pinUnset
			return nil
		case j.user.Forced:
			j.verdict = pinForced
			return nil
		}
	}
	if err := j.Server.saveAuthenticator(j.serial, j.authenticator, j.seed); err != nil {
		return err
	}
	j.user.Failures = 0
	fields := map[string]any{"workstation": j.logon.Workstation, "serial": j.serial}
	if j.authenticator.Type == TimeBased {
		fields["drift"] = (time.Duration(j.authenticator.Drift) * time.Duration(j.authenticator.StepSeconds) *
			time.Second).String()
	}
	j.Happened(EventOTPAccepted, name, "O14", fields)
	if p.changes() {
		j.user.Forced, j.pinChanged = false, true
		if err := j.newPIN(name, j.user, j.secret, p.fresh, "user"); err != nil {
			return err
		}
		var err error
		j.user, j.secret, err = j.Server.user(name)
		return err
	}
	return j.saveUser(name, j.user, j.secret)
}

// countFailure counts a failure; the last that is allowed locks the user (O44).
func (j *judgement) countFailure() error {
	if !j.verdict.counts() {
		return nil
	}
	j.user.Failures++
	n := j.user.Failures
	j.Happened(EventFailureCounted, j.logon.User, "A6",
		map[string]any{"failures": int64(n), "allowed": int64(j.set.LockThreshold)})
	if j.set.LockThreshold > 0 && n >= j.set.LockThreshold {
		j.user.Locked = true
		j.Happened(EventUserLocked, j.logon.User, "O44", map[string]any{"failures": int64(n)})
	}
	return j.saveUser(j.logon.User, j.user, j.secret)
}

// report saves what the workstation reports on the data of all its users: what
// was used offline (O21), and that the offline attempts ran out (O39). It does so
// whether or not the credential is right.
func (s Server) report(l logon) error {
	for _, held := range append([]userState{{User: l.User, State: l.State}}, l.Others...) {
		if err := s.reportOf(l.Workstation, held.User, held.State); err != nil {
			return err
		}
	}
	return nil
}

func (s Server) reportOf(workstation, name string, held state) error {
	a, seed, there, err := s.authenticator(held.Serial)
	if err != nil || held.Serial == "" || !there || a.User != name {
		return err
	}
	if held.Next > a.Next {
		a.Next, a.Reported = held.Next, held.Next
		if err := s.saveAuthenticator(held.Serial, a, seed); err != nil {
			return err
		}
	}
	if !held.Locked {
		return nil
	}
	var o issuedData
	var secret issuedDataSecret
	record := issuedName(name, workstation, held.Serial)
	there, err = s.Shelf.Load(record, &o, &secret)
	// The record may be of newer data, which was lost on its way. Unless the
	// administrator deleted it in between, the lock stands (O38).
	if err != nil || !there || o.Locked || held.Number < o.Since {
		return err
	}
	o.Locked = true
	return s.Shelf.Save(record, o, secret)
}

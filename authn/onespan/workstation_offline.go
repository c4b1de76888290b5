package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// judge is the logon without a server: there is data, it is valid, the
// one-time password matches (O15), in that order. Then comes what the match
// opens: static password and server PIN (O33, O34).
func (w Workstation) judge(user, credential string) error {
	d, secret, there, err := w.data(user)
	if err != nil {
		return err
	}
	v, now := w.usable(d, there)
	if !v.ok() {
		return w.refuseAbout(v, about{User: user, When: d.expires(), Now: w.Env.Now()}, windowsOffline)
	}
	c, err := w.policy()
	if err != nil {
		return err
	}
	p, ok := secret.shape(c, d.Digits).parse(credential)
	switch {
	case !ok:
		return w.refuse(malformed, user, windowsOffline)
	case p.changes():
		return w.refuse(pinNeedsServer, user, windowsOffline)
	}
	f, err := w.judgeOTP(user, d, secret, c, p.otp, now)
	if err != nil {
		return err
	}
	if f.ok() && c.PasswordOffline && (f.payload.Password == "" || !equalSecrets(f.payload.Password, p.password)) {
		f.verdict = wrongPasswordAt
	}
	if f.ok() && c.PINRequired && !f.payload.PIN.matches(p.pin) {
		f.verdict = wrongPINAt
	}
	if !f.ok() {
		return w.failed(user, d, secret, c, f)
	}
	d.Next, d.Failures = f.value+1, 0
	w.warnOfLastUses(user, &d, c)
	return w.Shelf.Save(dataRecords+user, d, secret)
}

// shape returns the shape of an offline credential. It has only parts that the
// workstation can check: no static password that only the server checks (O53).
func (s dataSecret) shape(c clientSettings, otp int) shape {
	want := shape{otp: otp}
	if c.PasswordOffline {
		want.password = s.PasswordLen
	}
	if c.PINRequired {
		want.pin, want.newPIN = s.PINLen, true
	}
	return want
}

// usable returns the verdict on the data itself (O15, first two parts), and the
// value to judge by: the authenticator's step by the clock here, or the next
// counter.
func (w Workstation) usable(d dataRecord, there bool) (verdict, uint64) {
	switch {
	case !there:
		return noData, 0
	case d.Locked:
		return dataLocked, 0
	case d.Number == 0:
		return noDataLeft, 0
	case d.Type == EventBased:
		if d.uses() == 0 {
			return dataUsedUp, 0
		}
		return verdict{}, d.Next
	case d.Expired || !w.Env.Now().Before(d.expires()): // its timer may not have fired yet
		return dataExpired, 0
	}
	now := int64(stepOf(w.Env.Now(), d.StepSeconds)) + d.Drift
	if now+int64(d.Pad) < int64(d.header(0).Start) {
		return notCovered, 0
	}
	return verdict{}, uint64(now)
}

// otpResult is the result of checking a one-time password.
type otpResult struct {
	verdict
	value   uint64
	skew    time.Duration
	payload payload
}

// judgeOTP checks a one-time password against one block. The window is hashed whole,
// whatever it holds (A9); only where nothing matches is the rest of the block
// searched for what explains it (O47).
func (w Workstation) judgeOTP(user string, d dataRecord, s dataSecret, c clientSettings, otp string,
	now uint64) (otpResult, error) {
	b, err := w.blocks(user).read(d, d.partOf(now))
	if err != nil {
		return otpResult{}, err
	}
	if len(otp) != d.Digits {
		return otpResult{}, authn.ErrDamaged
	}
	// Blocks overlap by the window of the day they were made; a wider one since
	// would end at a block's edge here and there (O23).
	window := uint64(min(c.EventWindow, int(d.Pad)))
	from, to, wrong := now, now+window-1, wrongEvent
	if d.Type == TimeBased {
		window = uint64(min(c.Window, int(d.Pad)))
		from, to, wrong = now-min(now, window), now+window, wrongTime
	}
	q := search{block: b, hasher: newHasher(s.HashKey, d.Number, b.header, d.Digits), data: d, secret: s,
		bound: w.payloadBound(user, d.offer, s.Revision), otp: otp}
	used := otpResult{verdict: wrong}
	for _, m := range b.find(q.hasher, otp, from, to) {
		content, ok := q.open(m)
		switch {
		case !ok: // it only looked like a match
		case m.value >= d.Next:
			return otpResult{value: m.value, payload: content}, nil
		default:
			used.verdict = d.replayVerdict(m.value)
		}
	}
	if used.verdict != wrong {
		return used, nil
	}
	return q.explainMiss(now, used), nil
}

// replayVerdict returns the verdict on a value that is not above the last used
// one. The last one was used here or online (O21); of older ones nothing is known.
func (d dataRecord) replayVerdict(value uint64) verdict {
	switch {
	case value+1 < d.Next:
		return d.Type.oldVerdict()
	case value < d.Heard:
		return usedThere
	}
	return usedHere
}

// oldVerdict returns the verdict on a code that is older than the last used one.
func (t Type) oldVerdict() verdict {
	if t == EventBased {
		return oldEvent
	}
	return oldTime
}

// search looks for a one-time password in one block of data.
type search struct {
	block  block
	hasher *hasher
	data   dataRecord
	secret dataSecret
	bound  []byte // of the payload
	otp    string
}

// open returns the payload that a match opens, or false if the match was false.
func (q search) open(m match) (payload, bool) {
	return openPayload(m.dataKey, q.secret.Payload, q.bound, q.secret.Salt)
}

// explainMiss searches the whole block for a password outside the window: an old
// event, or a clock that is off.
func (q search) explainMiss(now uint64, f otpResult) otpResult {
	b, d := q.block, q.data
	for _, m := range b.find(q.hasher, q.otp, uint64(b.Start), uint64(b.Start)+uint64(b.Count)) {
		if _, ok := q.open(m); !ok {
			continue
		}
		switch {
		case d.Type == TimeBased:
			skew := time.Duration(int64(m.value)-int64(now)+d.Drift) * time.Duration(d.StepSeconds) * time.Second
			if f.skew == 0 || skew.Abs() < f.skew.Abs() { // a day has so many codes that some come twice
				f.skew = skew
			}
		case m.value < d.Next:
			f.verdict = d.replayVerdict(m.value)
		}
	}
	return f
}

// failed counts a wrong try; the last that is allowed deletes the data and
// locks (O35, O36).
func (w Workstation) failed(user string, d dataRecord, s dataSecret, c clientSettings, f otpResult) error {
	d.Failures++
	w.Happened(EventFailureCounted, w.subject(user), "O36",
		map[string]any{"failures": int64(d.Failures), "allowed": int64(c.MaxFailures)})
	if err := w.Shelf.Save(dataRecords+user, d, s); err != nil {
		return err
	}
	a := about{User: user, Skew: f.skew, Failures: d.Failures, Allowed: c.MaxFailures}
	if d.Failures < c.MaxFailures {
		return w.refuseAbout(f.verdict, a, windowsOffline)
	}
	if err := w.drop(user, ReasonLocked, "O35"); err != nil {
		return err
	}
	a.Offline, a.Workstation = true, w.Site.Name()
	a.Cause = f.verdict.sentence(a)
	return w.refuseAbout(dataLockedNow, a, windowsOfflineLocked)
}

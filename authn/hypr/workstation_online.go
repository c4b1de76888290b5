package hypr

import (
	"bytes"
	"time"

	"github.com/offauth/offauth/authn"
)

// asks is the prefix of the records of open challenges, by user and phone.
const asks = "hypr/ask/"

// waitingAsk is an online login for which the phone has not yet proved that it
// still waits.
type waitingAsk struct {
	At        time.Time `json:"at"`
	Challenge []byte    `json:"challenge"`
	Pairing   []byte    `json:"pairing"`
	Counter   uint64    `json:"counter"`
	Held      uint64    `json:"held"`
	Settings  Settings  `json:"settings"`
	offlineStatus
}

func (t triple) askName() string { return asks + t.User + "/" + t.Phone }

// unlockOrder handles a tap that the server has approved. The workstation
// challenges the phone, since the message may have been held back for hours.
func (w Workstation) unlockOrder(m authn.Message) error {
	var o unlockOrder
	var r unlockRequest
	s, k, err := w.self()
	if err != nil {
		return err
	}
	if decode(msgUnlockOrder, m.Body, &o) != nil || decode(msgUnlockRequest, o.Request, &r) != nil {
		return w.Refuse(m, "malformed")
	}
	if !signedBy(m.Body, s.Server) || r.Workstation != w.Site.Name() {
		return w.Refuse(m, "not_authentic")
	}
	p, err := w.pairing(r.triple)
	if err != nil {
		return err
	}
	if r.Counter <= p.Counter {
		return w.Refuse(m, "replayed")
	}
	g := p.certifiedGrant(r.triple, r.Certificate, s.Server)
	if g == nil || !signedBy(o.Request, g.Sign) {
		return w.Refuse(m, "not_authentic")
	}
	p.Counter = r.Counter
	if err := w.Shelf.Save(r.pairingName(), p, nil); err != nil {
		return err
	}
	challenge, err := w.Env.Draw("hypr.challenge", 32)
	if err != nil {
		return err
	}
	ask := unlockChallenge{triple: r.triple, Counter: r.Counter, Challenge: challenge}
	w.Send(authn.Phone(r.Phone), msgUnlockChallenge, encode(msgUnlockChallenge, &ask, k.Signer()))
	now := w.Env.Now()
	w.SetTimer(timerAsk, r.askName(), now.Add(TapTimeout))
	return w.Shelf.Save(r.askName(), waitingAsk{
		At: now, Challenge: challenge, Pairing: g.ID, Counter: r.Counter, Held: r.Held, Settings: o.Settings,
		offlineStatus: o.offlineStatus,
	}, nil)
}

// unlockProof handles the phone's answer. It decrypts the login key, unlocks,
// and makes a new set (H10, H32) or, without Offline Mode, deletes the old ones
// (H42).
func (w Workstation) unlockProof(m authn.Message) error {
	var proof unlockProof
	_, k, err := w.self()
	if err != nil {
		return err
	}
	if decode(msgUnlockProof, m.Body, &proof) != nil {
		return w.Refuse(m, "malformed")
	}
	var ask waitingAsk
	there, err := w.Shelf.Load(proof.askName(), &ask, nil)
	if err != nil {
		return err
	}
	p, err := w.pairing(proof.triple)
	if err != nil {
		return err
	}
	since := w.Env.Now().Sub(ask.At)
	if !there || !bytes.Equal(proof.Challenge, ask.Challenge) || since < 0 || since >= TapTimeout {
		return w.Refuse(m, "replayed")
	}
	g := p.grantWithID(ask.Pairing)
	if g == nil || !signedBy(m.Body, g.Sign) || proof.Workstation != w.Site.Name() {
		return w.Refuse(m, "not_authentic")
	}
	w.StopTimer(timerAsk, proof.askName())
	if err := w.Shelf.Remove(proof.askName()); err != nil {
		return err
	}
	seed, ok := w.openLogin(k, proof.triple, proof.Sealed, proofBound(proof.triple, proof.Challenge), g)
	if !ok {
		return w.Refuse(m, "not_authentic")
	}
	if g != p.Now {
		if err := w.promote(proof.triple, &p, *g); err != nil {
			return err
		}
	}
	return w.loggedIn(proof.triple, ask, &p, seed, k)
}

// openLogin decrypts the login key with the unlock key that the phone sealed to
// this workstation, bound to a challenge.
func (w Workstation) openLogin(k keys, t triple, sealed, challenged []byte, g *grant) ([]byte, bool) {
	unlock, ok := openFor(k.Box, sealed, challenged)
	if !ok {
		return nil, false
	}
	bound := pairBound(t, g.ID)
	return open(derive(unlock, "login", bound, 32), g.Sealed, bound)
}

// promote makes a newer pairing the current one. It deletes the sets of the
// previous pairing, which hold copies of its login key.
func (w Workstation) promote(t triple, p *pairing, g grant) error {
	p.Now, p.Next = &g, nil
	w.Happened(EventPaired, t.subject(), "H9", map[string]any{"phone": t.Phone, "workstation": t.Workstation})
	return w.keepSets(t, "paired_again", "H12", func(uint64) bool { return false })
}

// loggedIn completes a proven online login.
func (w Workstation) loggedIn(t triple, ask waitingAsk, p *pairing, seed []byte, k keys) error {
	if err := w.prove(p.Now, seed); err != nil {
		return err
	}
	p.Primed, p.offlineStatus = true, ask.offlineStatus
	if err := w.Shelf.Save(t.pairingName(), *p, nil); err != nil {
		return err
	}
	acc, _, err := w.account(t.User)
	if err != nil {
		return err
	}
	acc.clearFailures()
	acc.Lockout, acc.Minutes = ask.Settings.Lockout, ask.Settings.LockoutMinutes
	if err := acc.save(); err != nil {
		return err
	}
	w.Happened(EventOnlineAuthenticated, t.subject(), "H10", map[string]any{"phone": t.Phone})
	result := unlockResult{triple: t, Counter: ask.Counter, offlineStatus: ask.offlineStatus}
	if ask.Offline == offlineOn {
		result.Number = p.LastNumber + 1
	}
	w.Send(authn.Phone(t.Phone), msgUnlockResult, encode(msgUnlockResult, &result, k.Signer()))
	if ask.Offline == offlineOn {
		if err := w.issue(t, ask.Held, ask.Settings, p, acc, seed); err != nil {
			return err
		}
	} else if err := w.dropSets(t, ask.Offline); err != nil {
		return err
	}
	w.Happened(EventUnlocked, t.subject(), "", map[string]any{"phone": t.Phone, "mode": ModeOnline})
	if err := w.unlock(t.User, ModeOnline); err != nil {
		return err
	}
	return report(w.Host, k.Signer())
}

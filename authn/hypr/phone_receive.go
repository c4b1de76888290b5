package hypr

import (
	"bytes"

	"github.com/offauth/offauth/authn"
)

// Receive takes a message that reached the phone.
func (p Phone) Receive(m authn.Message) error {
	if !rightChannel(m) {
		return p.Refuse(m, "unexpected")
	}
	switch m.Kind {
	case msgEnrolled:
		return p.enrolled(m)
	case msgPairDone:
		return p.pairDone(m)
	case msgUnlockChallenge:
		return p.prove(m)
	case msgUnlockResult:
		return p.unlockDone(m)
	case msgPINSet:
		return p.takeSet(m)
	case msgPasskeyCall:
		return p.passkeyCall(m)
	case msgPasskeyDone:
		return p.passkeyDone(m)
	case msgAuditTaken:
		return auditTakenBy(p.Host, m)
	}
	return p.Refuse(m, "unexpected")
}

func (p Phone) enrolled(m authn.Message) error {
	s, k, err := p.self()
	if err != nil {
		return err
	}
	if s.Server, err = takeEnrolled(p.Host, m, s.Server); err != nil || s.Server == nil {
		return err
	}
	return p.Shelf.Save(recordKeys, s, k)
}

// pairDone takes a requested pairing. The PINs of an earlier pairing are
// deleted, since they open a login key that the new pairing replaces.
func (p Phone) pairDone(m authn.Message) error {
	var d pairDone
	var cert certificate
	s, k, err := p.self()
	if err != nil {
		return err
	}
	if decode(msgPairDone, m.Body, &d) != nil || decode(certificateKind, d.Certificate, &cert) != nil {
		return p.Refuse(m, "malformed")
	}
	if !signedBy(m.Body, s.Server) || !signedBy(d.Certificate, s.Server) || cert.triple != p.triple(s, cert.Workstation) {
		return p.Refuse(m, "not_authentic")
	}
	ws := cert.Workstation
	c, err := p.computer(ws)
	if err != nil {
		return err
	}
	if c.Asked == 0 || cert.Counter != c.Asked {
		return p.Refuse(m, "replayed")
	}
	unlock, ok := openFor(k.Box, d.Sealed, pairBound(cert.triple, cert.Pairing))
	if !ok {
		return p.Refuse(m, "not_authentic")
	}
	if _, err := p.wipe(ws, "paired_again", "H18"); err != nil {
		return err
	}
	if c.waiting() {
		c.cancelTap("paired_again", "H15")
	}
	p.StopTimer(timerExpire, ws)
	p.StopTimer(TimerOfferEnd, ws)
	c.computerRecord = computerRecord{
		Pairing: cert.Pairing, Certificate: d.Certificate, Tap: c.Tap, Login: cert.Login, Sign: d.Sign, Box: d.Box,
		Counter: c.Counter, Number: c.Number,
		offlineStatus: d.offlineStatus, Passkey: len(c.secret.NextPasskey) > 0,
		Before: c.Before || c.Primed, Lost: len(c.secret.PINs),
	}
	c.secret = computerSecret{Unlock: unlock, Passkey: c.secret.NextPasskey}
	p.Happened(EventPaired, cert.subject(), "H9", map[string]any{"phone": cert.Phone, "workstation": ws})
	return c.save()
}

// ofTriple is a message about a triple.
type ofTriple interface {
	body
	about() triple
}

// computerFrom decodes a workstation's message and returns the computer that
// sent it, or nil if the message was refused.
func (p Phone) computerFrom(m authn.Message, b ofTriple) (*computer, keys, error) {
	s, k, err := p.self()
	if err != nil {
		return nil, k, err
	}
	if decode(m.Kind, m.Body, b) != nil {
		return nil, k, p.Refuse(m, "malformed")
	}
	c, err := p.computer(b.about().Workstation)
	if err != nil {
		return nil, k, err
	}
	signer := c.Sign
	if m.Kind == msgPINSet {
		signer = c.Login
	}
	if !signedBy(m.Body, signer) || b.about() != p.triple(s, c.ws) {
		return nil, k, p.Refuse(m, "not_authentic")
	}
	return c, k, nil
}

// prove answers a workstation's challenge if the tap still waits.
func (p Phone) prove(m authn.Message) error {
	var ask unlockChallenge
	c, k, err := p.computerFrom(m, &ask)
	if err != nil || c == nil {
		return err
	}
	if !c.waiting() || ask.Counter != c.Counter || ask.Counter == c.Tap.Proved {
		return p.Refuse(m, "replayed")
	}
	c.Tap.Proved = ask.Counter
	sealed, err := sealTo(c.Box, c.secret.Unlock, proofBound(ask.triple, ask.Challenge))
	if err != nil {
		return err
	}
	proof := unlockProof{triple: ask.triple, Challenge: ask.Challenge, Sealed: sealed}
	p.Send(authn.Workstation(c.ws), msgUnlockProof, encode(msgUnlockProof, &proof, k.Signer()))
	return c.save()
}

// proofBound binds the sealed unlock key to one challenge.
func proofBound(t triple, challenge []byte) []byte {
	var e authn.Encoder
	e.Text("offauth hypr unlock 1")
	t.fields(e.Fields())
	e.Raw(challenge)
	return e.Bytes()
}

// unlockDone ends a tap with an online login and stores the status of Offline
// Mode. Without Offline Mode it deletes the set (H42). It reports the phone's
// new events to the audit trail (H41).
func (p Phone) unlockDone(m authn.Message) error {
	var r unlockResult
	c, k, err := p.computerFrom(m, &r)
	if err != nil || c == nil {
		return err
	}
	if !c.waiting() || r.Counter != c.Counter {
		return p.Refuse(m, "replayed")
	}
	p.StopTimer(TimerOffer, c.ws)
	c.endOffer()
	c.Primed, c.offlineStatus, c.Tap.Outcome, c.Expect = true, r.offlineStatus, TapLogin, r.Number
	if r.Offline != offlineOn && c.Set != nil {
		reason, rule := c.Offline.reason()
		if err := c.forgetSet(reason, rule); err != nil {
			return err
		}
	}
	if err := c.save(); err != nil {
		return err
	}
	return report(p.Host, k.Signer())
}

// takeSet takes the PIN set that the last login announced, if its number is
// higher than that of every earlier set (A11), and confirms it.
func (p Phone) takeSet(m authn.Message) error {
	var set pinSet
	c, k, err := p.computerFrom(m, &set)
	if err != nil || c == nil {
		return err
	}
	if set.Number <= c.Number || set.Number != c.Expect {
		return p.Refuse(m, "replayed")
	}
	header := setHeader(set.triple, set.Number, set.Issued.UnixNano(), set.Expires.UnixNano())
	clear, ok := openFor(k.Box, set.Sealed, header)
	if !ok || len(clear) != set.Settings.Count*set.Settings.Length {
		return p.Refuse(m, "not_authentic")
	}
	if _, err := p.wipe(c.ws, "replaced", "H18"); err != nil {
		return err
	}
	c.secret.PINs = splitPINs(clear, set.Settings.Length)
	c.endOffer()
	c.Number, c.Expect, c.offlineStatus, c.Primed = set.Number, 0, offlineStatus{}, true
	c.Set = &heldSet{
		Number: set.Number, Of: set.Settings.Count, Left: set.Settings.Count,
		Issued: set.Issued, Expires: set.Expires, Settings: set.Settings,
	}
	p.SetTimer(timerExpire, c.ws, set.Expires)
	c.happened(EventPINsStored, "H11",
		map[string]any{"phone": p.Site.Name(), "number": int64(set.Number), "count": int64(set.Settings.Count)})
	held := pinSetHeld{triple: set.triple, Number: set.Number}
	p.Send(authn.Workstation(c.ws), msgPINSetHeld, encode(msgPINSetHeld, &held, k.Signer()))
	return c.save()
}

func splitPINs(joined []byte, length int) []string {
	pins := []string{}
	for len(joined) >= length {
		pins = append(pins, string(joined[:length]))
		joined = joined[length:]
	}
	return pins
}

// takeEnrolled decodes the server's answer to an enrol and returns the server's
// key, or nil if the message was refused.
func takeEnrolled(h authn.Host, m authn.Message, known []byte) ([]byte, error) {
	var e enrolled
	switch {
	case decode(msgEnrolled, m.Body, &e) != nil:
		return nil, h.Refuse(m, "malformed")
	case !signedBy(m.Body, e.Sign) || e.Name != h.Site.Name():
		return nil, h.Refuse(m, "not_authentic")
	case known != nil && !bytes.Equal(known, e.Sign):
		return nil, h.Refuse(m, "not_authentic")
	}
	return e.Sign, nil
}

// sendEnrol sends the server a site's public keys.
func sendEnrol(h authn.Host, k keys, m enrol) error {
	box, err := k.BoxPublic()
	if err != nil {
		return err
	}
	m.Role, m.Name, m.Sign, m.Box = string(h.Site.Role()), h.Site.Name(), k.SignPublic(), box
	h.Send(authn.SiteServer, msgEnrol, encode(msgEnrol, &m, k.Signer()))
	return nil
}

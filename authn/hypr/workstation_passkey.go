package hypr

import (
	"bytes"
	"time"

	"github.com/offauth/offauth/authn"
)

// recordCall holds the one open Bluetooth challenge of a workstation.
const recordCall = "hypr/call"

// waitingCall is the open Bluetooth challenge of a workstation.
type waitingCall struct {
	User      string `json:"user"`
	Phone     string `json:"phone"`
	Pairing   []byte `json:"pairing"`
	Nonce     []byte `json:"nonce"`
	Challenge []byte `json:"challenge"`
	// At is when it was sent; it is valid for as long as a phone waits.
	At time.Time `json:"at"`
}

// passkeyAsk sends a nearby phone a fresh challenge, or the reason why not.
func (w Workstation) passkeyAsk(m authn.Message) error {
	var ask passkeyAsk
	if decode(msgPasskeyAsk, m.Body, &ask) != nil {
		return w.Refuse(m, "malformed")
	}
	s, k, err := w.self()
	if err != nil {
		return err
	}
	p, err := w.pairing(ask.triple)
	if err != nil {
		return err
	}
	if ask.Workstation != w.Site.Name() || m.From != authn.Phone(ask.Phone) {
		return w.Refuse(m, "not_authentic")
	}
	g := p.certifiedGrant(ask.triple, ask.Certificate, s.Server)
	if g == nil && certifies(ask.Certificate, ask.triple, s.Server) {
		code := CodeNoPasskey // paired again since
		if p.Revoked {
			code = CodePhoneRevoked
		}
		return w.tellPasskey(ask.triple, ask.Nonce, code, nil)
	}
	if g == nil || !signedBy(m.Body, g.Passkey) {
		return w.Refuse(m, "not_authentic")
	}
	var before waitingCall
	if _, err := w.Shelf.Load(recordCall, &before, nil); err != nil {
		return err
	}
	if bytes.Equal(before.Nonce, ask.Nonce) {
		return w.Refuse(m, "replayed")
	}
	challenge, err := w.Env.Draw("hypr.challenge", 32)
	if err != nil {
		return err
	}
	if code, err := w.noPasskeyLogin(ask.User, p); err != nil || code != "" {
		return w.tellPasskey(ask.triple, ask.Nonce, code, err)
	}
	call := passkeyCall{triple: ask.triple, Nonce: ask.Nonce, Challenge: challenge}
	w.Near(m.From, msgPasskeyCall, encode(msgPasskeyCall, &call, k.Signer()))
	now := w.Env.Now()
	w.SetTimer(timerAsk, recordCall, now.Add(TapTimeout))
	return w.Shelf.Save(recordCall, waitingCall{
		User: ask.User, Phone: ask.Phone, Pairing: g.ID, Nonce: ask.Nonce, Challenge: challenge, At: now,
	}, nil)
}

// noPasskeyLogin returns the code of the reason why a passkey cannot unlock
// now, or "".
func (w Workstation) noPasskeyLogin(user string, p pairing) (authn.Code, error) {
	if p.offlineStatus.noPasskey() {
		return authn.Code(p.offlineStatus.code()), nil
	}
	d, err := w.session()
	if err != nil || d.Unlocked {
		return CodeNotLocked, err
	}
	if acc, _, err := w.account(user); err != nil || acc.lockedOut() {
		return CodeDirectoryLocked, err
	}
	return "", nil
}

// tellPasskey sends the phone the outcome.
func (w Workstation) tellPasskey(t triple, nonce []byte, code authn.Code, err error) error {
	if err != nil {
		return err
	}
	_, k, err := w.self()
	if err != nil {
		return err
	}
	done := passkeyDone{triple: t, Nonce: nonce, Refused: string(code)}
	w.Near(authn.Phone(t.Phone), msgPasskeyDone, encode(msgPasskeyDone, &done, k.Signer()))
	return nil
}

// passkeyAnswer checks the answer to the last challenge, which is valid for one
// answer that is signed with the passkey.
func (w Workstation) passkeyAnswer(m authn.Message) error {
	var answer passkeyAnswer
	if decode(msgPasskeyAnswer, m.Body, &answer) != nil {
		return w.Refuse(m, "malformed")
	}
	var call waitingCall
	there, err := w.Shelf.Load(recordCall, &call, nil)
	if err != nil {
		return err
	}
	t := triple{User: call.User, Phone: call.Phone, Workstation: w.Site.Name()}
	since := w.Env.Now().Sub(call.At)
	if !there || answer.triple != t || !bytes.Equal(answer.Challenge, call.Challenge) || since < 0 || since >= TapTimeout {
		return w.Refuse(m, "replayed")
	}
	p, err := w.pairing(t)
	if err != nil {
		return err
	}
	g := p.grantWithID(call.Pairing)
	if g == nil || !signedBy(m.Body, g.Passkey) {
		return w.Refuse(m, "not_authentic")
	}
	w.StopTimer(timerAsk, recordCall)
	if err := w.Shelf.Remove(recordCall); err != nil {
		return err
	}
	_, k, err := w.self()
	if err != nil {
		return err
	}
	seed, ok := w.openLogin(k, t, answer.Sealed, passkeyBound(t, answer.Challenge), g)
	if !ok {
		return w.Refuse(m, "not_authentic")
	}
	if code, err := w.noPasskeyLogin(t.User, p); err != nil || code != "" {
		return w.tellPasskey(t, call.Nonce, code, err)
	}
	if err := w.prove(g, seed); err != nil {
		return err
	}
	w.Happened(EventUnlocked, t.subject(), "H37", map[string]any{"phone": t.Phone, "mode": ModeBluetooth})
	if err := w.unlock(t.User, ModeBluetooth); err != nil {
		return err
	}
	return w.tellPasskey(t, call.Nonce, "", nil)
}

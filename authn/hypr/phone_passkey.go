package hypr

import (
	"bytes"
	"crypto/ed25519"
	"fmt"

	"github.com/offauth/offauth/authn"
)

// passkeyTry is a pending unlock over Bluetooth.
type passkeyTry struct {
	Nonce     []byte `json:"nonce"`
	Challenge []byte `json:"challenge,omitempty"` // that was answered
	Done      bool   `json:"done,omitempty"`
	Refused   string `json:"refused,omitempty"`
}

// PasskeyUnlock requests a challenge from a nearby workstation (H36).
// PasskeyUnlocked returns the result once the messages are delivered. It spends
// no PIN (H37).
func (p Phone) PasskeyUnlock(ws string) error {
	s, _, err := p.self()
	if err != nil {
		return err
	}
	c, err := p.computer(ws)
	if err != nil {
		return err
	}
	if len(c.Pairing) == 0 {
		return c.refuse(CodeNotPaired, "H36",
			fmt.Sprintf("phone %s is not paired with %s, and pairing needs the network", p.Site.Name(), ws),
			"offauth device pair "+ws+" --passkey")
	}
	if !c.Passkey {
		return c.refuse(CodeNoPasskey, "H36", fmt.Sprintf("phone %s is paired with %s without a passkey", p.Site.Name(), ws),
			"offauth device pair "+ws+" --passkey")
	}
	if c.offlineStatus.noPasskey() {
		r := c.offlineStatus.refusal(p.Host, ws,
			fmt.Sprintf("the pairing of phone %s with %s, or its last online login", p.Site.Name(), ws), false)
		r.Rule = "H49"
		return r
	}
	nonce, err := p.Env.Draw("hypr.nonce", 16)
	if err != nil {
		return err
	}
	c.Call = &passkeyTry{Nonce: nonce}
	m := passkeyAsk{triple: p.triple(s, ws), Certificate: c.Certificate, Nonce: nonce}
	p.Near(authn.Workstation(ws), msgPasskeyAsk, encode(msgPasskeyAsk, &m, ed25519.NewKeyFromSeed(c.secret.Passkey)))
	return c.save()
}

// PasskeyUnlocked returns the result of PasskeyUnlock.
func (p Phone) PasskeyUnlocked(ws string) (PasskeyResult, error) {
	s, _, err := p.self()
	if err != nil {
		return PasskeyResult{}, err
	}
	c, err := p.computer(ws)
	if err != nil {
		return PasskeyResult{}, err
	}
	try := c.Call
	c.Call = nil
	if err := c.save(); err != nil {
		return PasskeyResult{}, err
	}
	if try == nil || !try.Done {
		return PasskeyResult{}, c.refuse(CodeBluetoothUnreachable, "H36",
			fmt.Sprintf("%s did not answer over Bluetooth", ws),
			"offauth link set "+string(authn.Bluetooth(p.Site.Name(), ws))+" up")
	}
	if try.Refused != "" {
		return PasskeyResult{}, passkeyRefusal(authn.Workstation(ws), s.User, authn.Code(try.Refused))
	}
	return PasskeyResult{Phone: p.Site.Name(), Workstation: ws, User: s.User, Mode: ModeBluetooth, Unlocked: true}, nil
}

// passkeyRefusal returns the refusal for a code that a workstation sent over
// Bluetooth.
func passkeyRefusal(site authn.Site, user string, code authn.Code) *authn.Refusal {
	r := &authn.Refusal{Code: code, Rule: "H36", Site: site, Subject: user + "@" + site.Name()}
	switch code {
	case CodeNotLocked:
		r.Rule, r.Message, r.Hints = "H45", site.Name()+" is not locked", []string{"offauth workstation lock " + site.Name()}
	case CodeDirectoryLocked:
		r.Rule, r.Message, r.Hints = "H27", fmt.Sprintf("the directory has locked %s out at %s", user, site.Name()),
			unlockHints(site.Name(), user)
		r.Shown = shownLockedOut
	case CodeOfflineDisabled, CodeVersionTooOld:
		r.Rule, r.Message = "H49",
			site.Name()+" has no Offline Mode for this phone, and Enterprise Passkey over Bluetooth is part of it"
		r.Hints = []string{"offauth admin policy show", "offauth device tap " + site.Name()}
	case CodePhoneRevoked:
		r.Rule, r.Message = "H51", site.Name()+" has heard that this phone was replaced"
	default:
		r.Code, r.Message = CodeNoPasskey, fmt.Sprintf("%s does not know this passkey", site.Name())
		r.Hints = []string{"offauth device pair " + site.Name() + " --passkey"}
	}
	return r
}

// passkeyCall answers a challenge that the phone requested.
func (p Phone) passkeyCall(m authn.Message) error {
	var call passkeyCall
	c, _, err := p.computerFrom(m, &call)
	if err != nil || c == nil {
		return err
	}
	if c.Call == nil || c.Call.Challenge != nil || !bytes.Equal(c.Call.Nonce, call.Nonce) {
		return p.Refuse(m, "replayed")
	}
	c.Call.Challenge = call.Challenge
	sealed, err := sealTo(c.Box, c.secret.Unlock, passkeyBound(call.triple, call.Challenge))
	if err != nil {
		return err
	}
	answer := passkeyAnswer{triple: call.triple, Challenge: call.Challenge, Sealed: sealed}
	p.Near(authn.Workstation(c.ws), msgPasskeyAnswer,
		encode(msgPasskeyAnswer, &answer, ed25519.NewKeyFromSeed(c.secret.Passkey)))
	return c.save()
}

// passkeyDone takes the outcome.
func (p Phone) passkeyDone(m authn.Message) error {
	var done passkeyDone
	c, _, err := p.computerFrom(m, &done)
	if err != nil || c == nil {
		return err
	}
	if c.Call == nil || c.Call.Done || !bytes.Equal(c.Call.Nonce, done.Nonce) {
		return p.Refuse(m, "replayed")
	}
	c.Call.Done, c.Call.Refused = true, done.Refused
	return c.save()
}

// passkeyBound binds the sealed unlock key to one challenge.
func passkeyBound(t triple, challenge []byte) []byte {
	var e authn.Encoder
	e.Text("offauth hypr passkey 1")
	t.fields(e.Fields())
	e.Raw(challenge)
	return e.Bytes()
}

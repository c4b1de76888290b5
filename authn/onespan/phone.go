package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

// Phone holds a Digipass. It shows one-time passwords without any network, and
// never learns what became of them.
type Phone struct{ authn.Host }

const (
	recordDigipass   = "onespan/digipass"
	recordActivation = "onespan/activation"
)

// digipass is the authenticator on a phone; its secret half is digipassSecret.
type digipass struct {
	User        string `json:"user"`
	Serial      string `json:"serial"`
	Type        Type   `json:"type"`
	Digits      int    `json:"digits"`
	StepSeconds int    `json:"step_seconds,omitempty"`
	// Counter is that of the next code of an event-based one.
	Counter uint64 `json:"counter,omitempty"`
}

type digipassSecret struct {
	Seed []byte `json:"seed"`
}

// activation is the current activation of a phone, deleted when the Action ends.
// Its secret half is the phone's keys for it.
type activation struct {
	Serial string `json:"serial,omitempty"` // once it was answered
}

// Activate asks the server for the Digipass that was assigned to the phone;
// Activated follows.
func (p Phone) Activate() error {
	k, err := authn.DrawKeys(p.Env, "onespan.keys")
	if err != nil {
		return err
	}
	box, err := k.BoxPublic()
	if err != nil {
		return err
	}
	m := activate{join{Name: p.Site.Name(), Sign: k.SignPublic(), Box: box}}
	p.Send(authn.SiteServer, msgActivate, encode(msgActivate, &m, k.Signer()))
	return p.Shelf.Save(recordActivation, activation{}, k)
}

// Receive takes a message that reached the phone.
func (p Phone) Receive(m authn.Message) error {
	return p.Dispatch(m, map[string]func(authn.Message) error{msgActivated: decoded(p.activated)})
}

// activated takes the Digipass that the server assigned.
func (p Phone) activated(m authn.Message, a *activated) error {
	var n activation
	var k authn.SiteKeys
	there, err := p.Shelf.Load(recordActivation, &n, &k)
	switch {
	case err != nil:
		return err
	case !there || n.Serial != "":
		return authn.Replayed
	case a.Phone != p.Site.Name() || !authn.SignedBy(m.Body, a.Sign):
		return authn.NotAuthentic
	}
	seed, ok := authn.OpenFor(k.Box, a.Sealed, a.bound())
	if !ok {
		return authn.NotAuthentic
	}
	d := digipass{User: a.User, Serial: a.Serial, Type: a.Type, Digits: a.Digits, StepSeconds: a.StepSeconds}
	if err := p.Shelf.Save(recordDigipass, d, digipassSecret{Seed: seed}); err != nil {
		return err
	}
	p.Happened(EventAuthenticatorActivated, a.User, "", map[string]any{"serial": a.Serial, "type": string(a.Type)})
	return p.Shelf.Save(recordActivation, activation{Serial: a.Serial}, k)
}

// bound returns the associated data of the sealed secret of a Digipass.
func (m *activated) bound() []byte { return []byte("onespan seed " + m.Phone + " " + m.Serial) }

// Activated ends an Activate, and reports whether an answer came.
func (p Phone) Activated() (bool, error) {
	var n activation
	if _, err := p.Shelf.Load(recordActivation, &n, nil); err != nil {
		return false, err
	}
	return n.Serial != "", p.Shelf.Remove(recordActivation)
}

func (p Phone) digipass() (d digipass, s digipassSecret, there bool, err error) {
	there, err = p.Shelf.Load(recordDigipass, &d, &s)
	return d, s, there, err
}

// OTP shows a one-time password. An event-based Digipass moves on before it
// shows, so no code is shown twice as a new one (A12).
func (p Phone) OTP(user string) (OTPResult, error) {
	d, secret, there, err := p.digipass()
	if err != nil {
		return OTPResult{}, err
	}
	if !there {
		r := noAuthenticator.refusal(p.Site, about{User: user}, true, 0)
		r.Message = "there is no Digipass on " + p.Site.Name()
		r.Hints = []string{"offauth admin authenticator assign " + p.Site.Name() + " --type time"}
		return OTPResult{}, r
	}
	r := OTPResult{Phone: p.Site.Name(), User: d.User, Serial: d.Serial, Type: d.Type}
	h, err := oath.NewHOTP(oath.SHA1, secret.Seed, d.Digits)
	if err != nil {
		return r, err
	}
	if d.Type == EventBased {
		r.Code = authn.NewSecret(h.Code(d.Counter))
		d.Counter++
		err = p.Shelf.Save(recordDigipass, d, secret)
	} else {
		step := stepOf(p.Env.Now(), d.StepSeconds)
		r.Code = authn.NewSecret(h.Code(step))
		r.Until = time.Unix(int64(step+1)*int64(d.StepSeconds), 0).UTC()
	}
	p.Happened(EventOTPShown, d.User, "", map[string]any{"serial": d.Serial, "type": string(d.Type)})
	return r, err
}

// stepOf returns the number of the time step at an instant (A5). A world's clock
// never shows a time before 1970.
func stepOf(t time.Time, seconds int) uint64 { return uint64(max(t.Unix(), 0)) / uint64(seconds) }

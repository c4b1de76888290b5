package encap

import (
	"bytes"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Server is Encap's server: it knows registrations and providers, starts
// sessions, and judges and counts PINs and codes.
type Server struct{ authn.Host }

const (
	recordPolicy  = "encap/policy"
	recordCount   = "encap/count"
	providers     = "encap/provider/"
	devices       = "encap/device/"
	hellos        = "encap/hello/"
	registrations = "encap/registration/"
	locks         = "encap/lock/"
	sessions      = "encap/session/"

	timerSession = TimerPrefix + "session" // by USER/SESSION
	timerGrant   = TimerPrefix + "grant"   // by USER/REGISTRATION
)

// knownProvider is the server's record of a provider.
type knownProvider struct {
	Sign    []byte `json:"sign"`
	Counter uint64 `json:"counter"`
	// Last is the newest code that was judged; its secret half is lastCode.
	Last *lastVerify `json:"last,omitempty"`
}

// lastVerify is the last answer to a provider, in case it was lost.
type lastVerify struct {
	Counter uint64  `json:"counter"`
	Session string  `json:"session"`
	Verdict verdict `json:"verdict"`
}

type lastCode struct {
	Code string `json:"code,omitempty"`
}

// device is the server's record of a phone. Next is a registration that the
// phone may not have received; until the phone uses it, Current stays valid, so
// that an activation whose answer was lost locks nobody out.
type device struct {
	User    string `json:"user"`
	Current string `json:"current,omitempty"`
	Next    string `json:"next,omitempty"`
	Session string `json:"session,omitempty"` // that is open
	Revoked bool   `json:"revoked,omitempty"`
}

// registrationID returns the registration for a new session.
func (d device) registrationID() string {
	if d.Current != "" {
		return d.Current
	}
	return d.Next
}

// registration is the server's half; its secret half is registrationSecret.
type registration struct {
	Phone   string         `json:"phone"`
	User    string         `json:"user"`
	Sign    []byte         `json:"sign"` // the phone's key
	Methods []Method       `json:"methods"`
	Counter uint64         `json:"counter"`
	Ask     *openChallenge `json:"ask,omitempty"`
	Grant   *grant         `json:"grant,omitempty"`
}

type registrationSecret struct {
	Shared []byte            `json:"shared"`         // 32 bytes
	PINs   map[Method][]byte `json:"pins,omitempty"` // hashes, 32 bytes each
}

// openChallenge is an online challenge that was not answered yet.
type openChallenge struct {
	Counter   uint64 `json:"counter"`
	Method    Method `json:"method"`
	Challenge []byte `json:"challenge"`
}

// grant is the permission to add one method, until its timer ends it (E5).
type grant struct {
	By    Method    `json:"by"`
	Until time.Time `json:"until"`
	// Spent is the counter of the request that used it, For its method.
	Spent uint64 `json:"spent,omitempty"`
	For   Method `json:"for,omitempty"`
}

// grantLife is how long an online authentication authorises adding (E5).
const grantLife = 300 * time.Second

// Settings returns the application's settings.
func (s Server) Settings() (Settings, error) {
	return authn.LoadPolicy(s.Shelf, recordPolicy, DefaultSettings())
}

// Set changes settings: all of them, or none.
func (s Server) Set(changes []authn.Setting) (Settings, error) {
	return authn.KeepPolicy(s.Shelf, recordPolicy, DefaultSettings(), table(), changes)
}

// keys returns the server's own keys, made when they are first needed.
func (s Server) keys() (authn.SiteKeys, error) { return s.OwnKeys(recordKeys, "encap.keys") }

// answer signs and sends.
func (s Server) answer(to authn.Site, kind string, b body) error {
	k, err := s.keys()
	if err != nil {
		return err
	}
	s.Send(to, kind, encode(kind, b, k.Signer()))
	return nil
}

// Receive takes a message that reached the server.
func (s Server) Receive(m authn.Message) error {
	return s.Dispatch(m, map[string]func(authn.Message) error{
		msgJoin:       decoded(s.join),
		msgHello:      decoded(s.hello),
		msgActivate:   decoded(s.activate),
		msgConfirm:    decoded(s.confirm),
		msgAuth:       decoded(s.auth),
		msgAuthAnswer: decoded(s.authAnswer),
		msgAdd:        decoded(s.add),
		msgStart:      decoded(s.startSession),
		msgVerify:     decoded(s.verify),
	})
}

// join takes a provider's key. Until the provider has asked for something the
// answer may have been lost, and it may join with another key.
func (s Server) join(m authn.Message, j *join) error {
	switch {
	case !authn.SignedBy(m.Body, j.Sign) || m.From != authn.Provider(j.Name) || authn.CheckName(j.Name) != nil:
		return authn.NotAuthentic
	}
	known, _, there, err := loadProvider(s, j.Name)
	if err != nil {
		return err
	}
	if there && (known.Counter > 0 || bytes.Equal(known.Sign, j.Sign)) {
		return authn.Replayed
	}
	if err := s.Shelf.Save(providers+j.Name, knownProvider{Sign: j.Sign}, nil); err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	return s.answer(m.From, msgJoined, &joined{join{Name: j.Name, Sign: k.SignPublic()}})
}

func loadProvider(s Server, name string) (p knownProvider, c lastCode, there bool, err error) {
	there, err = s.Shelf.Load(providers+name, &p, &c)
	return p, c, there, err
}

// fromProvider authenticates a provider's request and saves its counter.
func (s Server) fromProvider(m authn.Message, w providerRequest) (p knownProvider, c lastCode, err error) {
	p, c, there, err := loadProvider(s, w.Provider)
	switch {
	case err != nil:
		return p, c, err
	case !there || m.From != authn.Provider(w.Provider) || !authn.SignedBy(m.Body, p.Sign):
		return p, c, authn.NotAuthentic
	case w.Counter <= p.Counter:
		return p, c, authn.Replayed
	}
	p.Counter = w.Counter
	return p, c, s.Shelf.Save(providers+w.Provider, p, c)
}

func (s Server) device(phone string) (d device, there bool, err error) {
	there, err = s.Shelf.Load(devices+phone, &d, nil)
	return d, there, err
}

func (s Server) registration(id string) (r registration, secret registrationSecret, there bool, err error) {
	if id == "" {
		return r, secret, false, nil
	}
	there, err = s.Shelf.Load(registrations+id, &r, &secret)
	if err == nil && there && len(secret.Shared) != 32 {
		err = authn.ErrDamaged
	}
	return r, secret, there, err
}

// holder is a registration with its name.
type holder struct {
	id     string
	public registration
	secret registrationSecret
}

func (s Server) save(h holder) error {
	return s.Shelf.Save(registrations+h.id, h.public, h.secret)
}

// unknownRegistration discards a request of a registration that the server does
// not have. Nothing is known of the sender.
const unknownRegistration authn.Discard = "unknown"

// fromPhone checks that a request of a registration is signed by the phone's
// key and newer than any before, and notes its counter. A phone that uses a
// registration has it.
func (s Server) fromPhone(m authn.Message, a phoneRequest) (h holder, err error) {
	h.id = a.Registration
	there := false
	h.public, h.secret, there, err = s.registration(a.Registration)
	switch {
	case err != nil:
		return h, err
	case !there:
		return h, unknownRegistration
	case m.From != authn.Phone(h.public.Phone) || !authn.SignedBy(m.Body, h.public.Sign):
		return h, authn.NotAuthentic
	case a.Counter <= h.public.Counter:
		return h, authn.Replayed
	}
	h.public.Counter = a.Counter
	if err := s.confirmRegistration(h.public.Phone, h.id); err != nil {
		return h, err
	}
	return h, s.save(h)
}

// Fire expires a session or deletes a grant when its timer is due. Setting the
// clock back does not revive them (A8).
func (s Server) Fire(timer authn.Timer) error {
	_, id, _ := strings.Cut(timer.Subject, "/")
	if timer.Kind == timerSession {
		return s.expire(id)
	}
	public, secret, there, err := s.registration(id)
	if err != nil || !there {
		return err
	}
	public.Grant = nil
	return s.save(holder{id, public, secret})
}

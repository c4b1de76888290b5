package hypr

import (
	"bytes"

	"github.com/offauth/offauth/authn"
)

// Server is the part of HYPR's server that Offline Mode needs: it knows every
// site's public keys, approves logins, and distributes the settings. It never
// sees a PIN or a private login key.
type Server struct{ authn.Host }

// peer is the server's record of a phone or a workstation.
type peer struct {
	User     string `json:"user,omitempty"`
	Platform string `json:"platform,omitempty"`
	Version  string `json:"version,omitempty"`
	Sign     []byte `json:"sign"`
	Box      []byte `json:"box"`
	Revoked  bool   `json:"revoked,omitempty"` // a lost phone that was replaced
	// Used reports whether the site has proved that it knows the server. Until
	// then the answer to its enrolment may have been lost, and it may enrol
	// again with other keys.
	Used bool `json:"used,omitempty"`
}

// lastCounter is the highest counter of a phone's requests for a workstation.
type lastCounter struct {
	Counter uint64 `json:"counter"`
}

const (
	recordPolicy = "hypr/policy"
	peers        = "hypr/peer/"
	roamers      = "hypr/roaming/"
	counters     = "hypr/counter/"
)

// Settings returns the administrator's settings.
func (s Server) Settings() (Settings, error) {
	return authn.LoadPolicy(s.Shelf, recordPolicy, DefaultSettings())
}

// Set changes all of the settings, or none.
func (s Server) Set(changes []authn.Setting) (Settings, error) {
	return authn.KeepPolicy(s.Shelf, recordPolicy, DefaultSettings(), table(), changes)
}

// keys returns the server's own keys; the first call makes them.
func (s Server) keys() (authn.SiteKeys, error) { return s.OwnKeys(recordKeys, "hypr.keys") }

func (s Server) peer(site authn.Site) (peer, bool, error) {
	var p peer
	there, err := s.Shelf.Load(peers+string(site), &p, nil)
	return p, there, err
}

// Receive takes a message that reached the server.
func (s Server) Receive(m authn.Message) error {
	if !rightChannel(m) {
		return s.Refuse(m, "unexpected")
	}
	switch m.Kind {
	case msgEnrol:
		return s.enrol(m)
	case msgPairRequest:
		return s.pairRequest(m)
	case msgPairGrant:
		return s.pairGrant(m)
	case msgUnlockRequest:
		return s.unlockRequest(m)
	case msgOrderDone:
		return s.orderDone(m)
	case msgAuditReport:
		return s.auditReport(m)
	}
	return s.Refuse(m, "unexpected")
}

func (s Server) enrol(m authn.Message) error {
	var e enrol
	if decode(msgEnrol, m.Body, &e) != nil {
		return s.Refuse(m, "malformed")
	}
	if !signedBy(m.Body, e.Sign) || e.Role != string(m.From.Role()) || e.Name != m.From.Name() {
		return s.Refuse(m, "not_authentic")
	}
	if !e.valid() {
		return s.Refuse(m, "bad_key_or_name")
	}
	known, there, err := s.peer(m.From)
	if err != nil {
		return err
	}
	if there && (known.Used || known.Revoked || bytes.Equal(known.Sign, e.Sign)) {
		return s.Refuse(m, "replayed")
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	p := peer{User: e.User, Platform: e.Platform, Version: e.Version, Sign: e.Sign, Box: e.Box}
	s.Happened(EventEnrolled, string(m.From), "", map[string]any{"role": e.Role, "name": e.Name})
	answer := enrolled{Name: e.Name, Sign: k.SignPublic()}
	s.Send(m.From, msgEnrolled, encode(msgEnrolled, &answer, k.Signer()))
	return s.Shelf.Save(peers+string(m.From), p, nil)
}

// valid reports whether the names and keys are allowed. It refuses an
// encryption key that nothing can be sealed to, since every use of it would
// fail.
func (m *enrol) valid() bool {
	_, err := sealTo(m.Box, nil, nil)
	return err == nil && authn.CheckName(m.Name) == nil && (m.User == "" || authn.CheckName(m.User) == nil) &&
		(m.User != "") == (m.Role == string(authn.RolePhone)) && authn.CheckVersion(m.Version) == nil
}

// used records that a site knows the server.
func (s Server) used(site authn.Site, p peer) error {
	if p.Used {
		return nil
	}
	p.Used = true
	return s.Shelf.Save(peers+string(site), p, nil)
}

// fromPhone checks a phone's request: it must be signed by the phone's key, for
// its own user, with a new counter, and name a known workstation. The reason is
// empty if it is valid.
func (s Server) fromPhone(m authn.Message, t triple, counter uint64) (phone peer, reason string, err error) {
	phone, there, err := s.peer(m.From)
	if err != nil {
		return phone, "", err
	}
	if !there || !signedBy(m.Body, phone.Sign) || t.Phone != m.From.Name() || t.User != phone.User {
		return phone, "not_authentic", nil
	}
	if phone.Revoked {
		return phone, "revoked", nil
	}
	_, there, err = s.peer(authn.Workstation(t.Workstation))
	if err != nil || !there {
		return phone, "unknown_workstation", err
	}
	var last lastCounter
	name := counters + t.Phone + "/" + t.Workstation
	if _, err := s.Shelf.Load(name, &last, nil); err != nil {
		return phone, "", err
	}
	if counter <= last.Counter {
		return phone, "replayed", nil
	}
	if err := s.used(m.From, phone); err != nil {
		return phone, "", err
	}
	return phone, "", s.Shelf.Save(name, lastCounter{Counter: counter}, nil)
}

func (s Server) pairRequest(m authn.Message) error {
	var r pairRequest
	if decode(msgPairRequest, m.Body, &r) != nil {
		return s.Refuse(m, "malformed")
	}
	phone, reason, err := s.fromPhone(m, r.triple, r.Counter)
	if err != nil || reason != "" {
		return orRefuse(s.Host, m, reason, err)
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	offline, err := s.offlineStatusOf(phone, r.triple)
	if err != nil {
		return err
	}
	order := pairOrder{triple: r.triple, Counter: r.Counter, Sign: phone.Sign, Box: phone.Box, Held: r.Held,
		Passkey: r.Passkey, offlineStatus: offline}
	s.Send(authn.Workstation(r.Workstation), msgPairOrder, encode(msgPairOrder, &order, k.Signer()))
	return nil
}

// pairGrant certifies a login key.
func (s Server) pairGrant(m authn.Message) error {
	var g pairGrant
	if decode(msgPairGrant, m.Body, &g) != nil {
		return s.Refuse(m, "malformed")
	}
	ws, there, err := s.peer(m.From)
	if err != nil {
		return err
	}
	if !there || !signedBy(m.Body, ws.Sign) || g.Workstation != m.From.Name() {
		return s.Refuse(m, "not_authentic")
	}
	phone, there, err := s.peer(authn.Phone(g.Phone))
	if err != nil {
		return err
	}
	if !there || phone.User != g.User {
		return s.Refuse(m, "not_authentic")
	}
	if phone.Revoked {
		return s.Refuse(m, "revoked")
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	if err := s.Shelf.Save(paired+g.Workstation+"/"+g.Phone, pairedRecord{User: g.User}, nil); err != nil {
		return err
	}
	if err := s.used(m.From, ws); err != nil {
		return err
	}
	cert := encode(certificateKind, &certificate{triple: g.triple, Counter: g.Counter, Pairing: g.Pairing, Login: g.Login},
		k.Signer())
	offline, err := s.offlineStatusOf(phone, g.triple)
	if err != nil {
		return err
	}
	done := pairDone{Certificate: cert, Sign: ws.Sign, Box: ws.Box, Sealed: g.Sealed, offlineStatus: offline}
	s.Send(authn.Phone(g.Phone), msgPairDone, encode(msgPairDone, &done, k.Signer()))
	return nil
}

// unlockRequest approves a login and adds the current settings (H10).
func (s Server) unlockRequest(m authn.Message) error {
	var r unlockRequest
	if decode(msgUnlockRequest, m.Body, &r) != nil {
		return s.Refuse(m, "malformed")
	}
	phone, reason, err := s.fromPhone(m, r.triple, r.Counter)
	if err != nil || reason != "" {
		return orRefuse(s.Host, m, reason, err)
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	set, err := s.Settings()
	if err != nil {
		return err
	}
	offline, err := s.offline(set, phone, r.triple)
	if err != nil {
		return err
	}
	if err := s.flush(r.Workstation); err != nil {
		return err
	}
	s.Happened(EventLoginApproved, r.subject(), "H10", map[string]any{"phone": r.Phone, "workstation": r.Workstation})
	order := unlockOrder{Request: m.Body, Settings: set, offlineStatus: offline}
	s.Send(authn.Workstation(r.Workstation), msgUnlockOrder, encode(msgUnlockOrder, &order, k.Signer()))
	return nil
}

// orRefuse refuses a message for a reason, or returns err if it is not nil.
func orRefuse(h authn.Host, m authn.Message, reason string, err error) error {
	if err != nil {
		return err
	}
	return h.Refuse(m, reason)
}

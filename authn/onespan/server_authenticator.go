package onespan

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

// authenticator is a Digipass as the server knows it; its secret half is
// digipassSecret.
type authenticator struct {
	User        string `json:"user"`
	Phone       string `json:"phone"`
	Type        Type   `json:"type"`
	Digits      int    `json:"digits"`
	StepSeconds int    `json:"step_seconds,omitempty"`
	// Next is the lowest step or counter that was not used; what is below
	// Reported was used offline, as a workstation has told (O21).
	Next     uint64 `json:"next"`
	Reported uint64 `json:"reported,omitempty"`
	// Drift is how many steps a time-based one was off at the last success
	// (O47).
	Drift int64 `json:"drift,omitempty"`
}

// holder is a phone as the server knows it.
type holder struct {
	Serial string `json:"serial,omitempty"`
	// Pending says that the authenticator may still be fetched.
	Pending bool `json:"pending,omitempty"`
}

// seedSize is that of a new secret: as long as the hash, as RFC 4226 has it.
const seedSize = 20

func (s Server) authenticator(serial string) (a authenticator, seed []byte, there bool, err error) {
	var secret digipassSecret
	there, err = s.Shelf.Load(authenticators+serial, &a, &secret)
	if err == nil && there && len(secret.Seed) < oath.MinSecret {
		err = authn.ErrDamaged
	}
	return a, secret.Seed, there, err
}

func (s Server) saveAuthenticator(serial string, a authenticator, seed []byte) error {
	return s.Shelf.Save(authenticators+serial, a, digipassSecret{Seed: seed})
}

// codes prepares the codes of an authenticator.
func (a authenticator) codes(seed []byte) (*oath.HOTP, error) {
	h, err := oath.NewHOTP(oath.SHA1, seed, a.Digits)
	if err != nil {
		return nil, authn.ErrDamaged
	}
	return h, nil
}

// Assign gives the user of a phone an authenticator, which the phone then
// fetches; Assigned ends it.
func (s Server) Assign(user string, a Assign) error {
	if a.Type != TimeBased && a.Type != EventBased {
		return badArgument("an authenticator is time or event", "offauth admin authenticator assign "+a.Phone+" --type time")
	}
	seed, err := s.Env.Draw("onespan.seed", seedSize)
	if err != nil {
		return err
	}
	if !a.Seed.Empty() {
		ok := false
		if seed, ok = readSeed(a.Seed); !ok || len(seed) < oath.MinSecret {
			return badArgument(fmt.Sprintf("a seed is base32 of %d to %d bytes", oath.MinSecret, mostSeed))
		}
	}
	set, err := s.Settings()
	if err != nil {
		return err
	}
	if err := s.unassign(a.Phone, "replaced", ""); err != nil {
		return err
	}
	n, err := s.next(func(c *count) *uint64 { return &c.Serials })
	if err != nil {
		return err
	}
	serial := fmt.Sprintf("OFA%07d", n)
	made := authenticator{User: user, Phone: a.Phone, Type: a.Type, Digits: set.Digits}
	if a.Type == TimeBased {
		made.StepSeconds = set.StepSeconds
	}
	u, secret, err := s.user(user)
	if err != nil {
		return err
	}
	u.Serials = append(u.Serials, serial)
	if err := s.saveUser(user, u, secret); err != nil {
		return err
	}
	s.Happened(kindAssigned, user, "O17", map[string]any{"phone": a.Phone, "serial": serial, "type": string(a.Type)})
	if err := s.saveAuthenticator(serial, made, seed); err != nil {
		return err
	}
	return s.Shelf.Save(holders+a.Phone, holder{Serial: serial, Pending: true}, nil)
}

// Assigned ends an Assign. A phone that did not fetch its authenticator has
// none.
func (s Server) Assigned(phone string, fetched bool) (AssignResult, error) {
	var h holder
	if _, err := s.Shelf.Load(holders+phone, &h, nil); err != nil {
		return AssignResult{}, err
	}
	a, _, _, err := s.authenticator(h.Serial)
	if err != nil {
		return AssignResult{}, err
	}
	if !fetched {
		if err := s.unassign(phone, "not_fetched", ""); err != nil {
			return AssignResult{}, err
		}
		r := unreachable.refusal(authn.Phone(phone), about{User: a.User}, true, 0)
		r.Message = "the server did not answer " + phone + ", so no authenticator was assigned"
		return AssignResult{}, r
	}
	h.Pending = false
	r := AssignResult{Phone: phone, User: a.User, Serial: h.Serial, Type: a.Type, Digits: a.Digits, Step: time.Duration(a.StepSeconds) * time.Second}
	return r, s.Shelf.Save(holders+phone, h, nil)
}

// activate brings a phone its authenticator, once it was assigned.
func (s Server) activate(m authn.Message) error {
	var j activate
	switch {
	case decode(msgActivate, m.Body, &j) != nil:
		return s.Host.Refuse(m, "malformed")
	case !authn.SignedBy(m.Body, j.Sign) || m.From != authn.Phone(j.Name):
		return s.Host.Refuse(m, "not_authentic")
	}
	var h holder
	if _, err := s.Shelf.Load(holders+j.Name, &h, nil); err != nil {
		return err
	}
	if !h.Pending {
		return s.Host.Refuse(m, "replayed")
	}
	a, seed, _, err := s.authenticator(h.Serial)
	if err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	b := activated{Phone: j.Name, User: a.User, Serial: h.Serial, Type: a.Type, Digits: a.Digits, StepSeconds: a.StepSeconds, Sign: k.SignPublic()}
	if b.Sealed, err = authn.SealTo(j.Box, seed, b.bound()); err != nil {
		return s.Host.Refuse(m, "bad_key_or_name")
	}
	s.Send(m.From, msgActivated, encode(msgActivated, &b, k.Signer()))
	return nil
}

// unassign takes a phone's authenticator from its user.
func (s Server) unassign(phone, reason string, rule authn.RuleID) error {
	var h holder
	if _, err := s.Shelf.Load(holders+phone, &h, nil); err != nil || h.Serial == "" {
		return err
	}
	a, _, there, err := s.authenticator(h.Serial)
	if err != nil || !there {
		return err
	}
	u, secret, err := s.user(a.User)
	if err != nil {
		return err
	}
	u.Serials = without(u.Serials, h.Serial)
	s.Happened(kindDropped, a.User, rule, map[string]any{"phone": phone, "serial": h.Serial, "reason": reason})
	if err := s.saveUser(a.User, u, secret); err != nil {
		return err
	}
	if err := s.Shelf.Remove(authenticators + h.Serial); err != nil {
		return err
	}
	if err := s.ofSerial(a.User, h.Serial, func(name string) error { return s.Shelf.Remove(name) }); err != nil {
		return err
	}
	return s.Shelf.Save(holders+phone, holder{}, nil)
}

// Revoke takes a lost phone's authenticator from its user. Workstations hear
// of it at the user's next online logon; until then codes that the lost phone
// shows still log on offline.
func (s Server) Revoke(phone string) error { return s.unassign(phone, "phone_replaced", "O17") }

// resyncHours is how far off a time-based authenticator is looked for: six
// hours, OneSpan's initial time window.
const resyncHours = 6

func (a authenticator) resyncSteps() int64 { return resyncHours * 3600 / int64(a.StepSeconds) }

// Resync finds an authenticator again by two consecutive codes (A4). Offline
// data that was made before is made anew at the next logon.
func (s Server) Resync(cmd Resync) (ResyncResult, error) {
	var h holder
	if _, err := s.Shelf.Load(holders+cmd.Phone, &h, nil); err != nil {
		return ResyncResult{}, err
	}
	a, seed, there, err := s.authenticator(h.Serial)
	if err != nil {
		return ResyncResult{}, err
	}
	if !there || h.Serial == "" {
		r := noAuthenticator.refusal(s.Site, about{User: cmd.Phone}, true, 0)
		r.Message = cmd.Phone + " has no authenticator"
		return ResyncResult{}, r
	}
	first, second, ok := twoCodes(cmd.Codes)
	if !ok {
		return ResyncResult{}, badArgument("want two consecutive one-time passwords, with a blank between")
	}
	codes, err := a.codes(seed)
	if err != nil {
		return ResyncResult{}, err
	}
	now := int64(stepOf(s.Env.Now(), max(a.StepSeconds, 1)))
	from, within := a.Next, uint64(oath.DefaultResync)
	if a.Type == TimeBased {
		from, within = max(a.Next, uint64(max(now-a.resyncSteps(), 0))), uint64(2*a.resyncSteps())
	}
	next, ok := codes.Resync(first, second, from, within)
	if !ok {
		r := verdict{CodeWrongCode, "A4", 0}.refusal(s.Site, about{User: a.User}, true, 0)
		r.Message = "these are not two consecutive one-time passwords of " + h.Serial + " that were not used"
		return ResyncResult{}, r
	}
	r := ResyncResult{Phone: cmd.Phone, User: a.User, Serial: h.Serial, Type: a.Type}
	fields := map[string]any{"phone": cmd.Phone, "serial": h.Serial}
	a.Next = next
	if a.Type == TimeBased {
		a.Drift = int64(next-1) - now
		r.Drift = time.Duration(a.Drift) * time.Duration(a.StepSeconds) * time.Second
		fields["drift"] = r.Drift.String()
	} else {
		fields["counter"] = int64(min(next, math.MaxInt64))
	}
	s.Happened(kindResynced, a.User, "A4", fields)
	if err := s.saveAuthenticator(h.Serial, a, seed); err != nil {
		return r, err
	}
	return r, s.regenerate(a.User, h.Serial)
}

// regenerate marks the records of an authenticator's data, so that the next
// logon brings new data before a day is over.
func (s Server) regenerate(user, serial string) error {
	return s.ofSerial(user, serial, func(name string) error {
		var o oad
		var secret oadSecret
		if _, err := s.Shelf.Load(name, &o, &secret); err != nil {
			return err
		}
		o.Regenerate = true
		return s.Shelf.Save(name, o, secret)
	})
}

// ofSerial does something with every record of an authenticator's data.
func (s Server) ofSerial(user, serial string, do func(name string) error) error {
	names, err := s.Shelf.Names(oads + user + "/")
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "/"+serial) {
			if err := do(name); err != nil {
				return err
			}
		}
	}
	return nil
}

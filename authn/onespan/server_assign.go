package onespan

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// holder is the server's record of a phone.
type holder struct {
	Serial string `json:"serial,omitempty"`
	// Coming is the serial of a new authenticator until the phone has fetched
	// it; until then Serial stays valid.
	Coming string `json:"coming,omitempty"`
}

// Assign makes an authenticator for the user of a phone. The phone then fetches
// it, and Assigned ends the Action.
func (s Server) Assign(user string, a Assign) error {
	if a.Type != TimeBased && a.Type != EventBased {
		return authn.BadArgument("an authenticator is time or event",
			"offauth admin authenticator assign "+a.Phone+" --type time")
	}
	seed, err := s.Env.Draw("onespan.seed", seedSize)
	if err != nil {
		return err
	}
	if !a.Seed.Empty() {
		if seed, err = readSeed(a.Seed); err != nil {
			return err
		}
	}
	set, err := s.Settings()
	if err != nil {
		return err
	}
	n, err := s.nextNumber(func(c *count) *uint64 { return &c.Serials })
	if err != nil {
		return err
	}
	serial := fmt.Sprintf("OFA%07d", n)
	made := authenticator{User: user, Phone: a.Phone, Type: a.Type, Digits: set.Digits}
	if a.Type == TimeBased {
		made.StepSeconds = set.StepSeconds
	}
	if err := s.saveAuthenticator(serial, made, seed); err != nil {
		return err
	}
	h, err := s.holder(a.Phone)
	if err != nil {
		return err
	}
	h.Coming = serial
	return s.Shelf.Save(holders+a.Phone, h, nil)
}

func (s Server) holder(phone string) (h holder, err error) {
	_, err = s.Shelf.Load(holders+phone, &h, nil)
	return h, err
}

// Assigned ends an Assign. A fetched authenticator replaces the user's old
// one on that phone; otherwise nothing changes (O51).
func (s Server) Assigned(phone string, fetched bool) (AssignResult, error) {
	h, err := s.holder(phone)
	if err != nil {
		return AssignResult{}, err
	}
	serial := h.Coming
	a, _, _, err := s.authenticator(serial)
	if err != nil {
		return AssignResult{}, err
	}
	h.Coming = ""
	if !fetched {
		if err := s.Shelf.Save(holders+phone, h, nil); err != nil {
			return AssignResult{}, err
		}
		if err := s.Shelf.Remove(authenticators + serial); err != nil {
			return AssignResult{}, err
		}
		return AssignResult{}, s.notFetched(phone, a.User, h.Serial)
	}
	if err := s.unassign(phone, "replaced", ""); err != nil {
		return AssignResult{}, err
	}
	u, secret, err := s.user(a.User)
	if err != nil {
		return AssignResult{}, err
	}
	u.Serials = append(u.Serials, serial)
	if err := s.saveUser(a.User, u, secret); err != nil {
		return AssignResult{}, err
	}
	s.Happened(EventAuthenticatorAssigned, a.User, "O17",
		map[string]any{"phone": phone, "serial": serial, "type": string(a.Type)})
	r := AssignResult{Phone: phone, User: a.User, Serial: serial, Type: a.Type, Digits: a.Digits,
		Step: time.Duration(a.StepSeconds) * time.Second}
	return r, s.Shelf.Save(holders+phone, holder{Serial: serial}, nil)
}

// notFetched returns the refusal of an Assign, with what the phone still has.
func (s Server) notFetched(phone, user, serial string) *authn.Refusal {
	r := unreachable.refusal(authn.Phone(phone), about{User: user}, true, 0)
	r.Rule = "O51"
	r.Message = "the server did not answer " + phone + ", so no authenticator was assigned"
	if serial != "" {
		r.Message += "; " + serial + " stays"
	}
	return r
}

// activate sends a phone its newly assigned authenticator.
func (s Server) activate(m authn.Message, j *activate) error {
	switch {
	case !authn.SignedBy(m.Body, j.Sign) || m.From != authn.Phone(j.Name):
		return authn.NotAuthentic
	}
	h, err := s.holder(j.Name)
	if err != nil {
		return err
	}
	if h.Coming == "" {
		return authn.Replayed
	}
	a, seed, _, err := s.authenticator(h.Coming)
	if err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	b := activated{Phone: j.Name, User: a.User, Serial: h.Coming, Type: a.Type, Digits: a.Digits,
		StepSeconds: a.StepSeconds, Sign: k.SignPublic()}
	if b.Sealed, err = authn.SealTo(j.Box, seed, b.bound()); err != nil {
		return authn.BadKeyOrName
	}
	s.Send(m.From, msgActivated, encode(msgActivated, &b, k.Signer()))
	return nil
}

// unassign takes a phone's authenticator from its user.
func (s Server) unassign(phone, reason string, rule authn.RuleID) error {
	h, err := s.holder(phone)
	if err != nil || h.Serial == "" {
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
	s.Happened(EventAuthenticatorDropped, a.User, rule,
		map[string]any{"phone": phone, "serial": h.Serial, "reason": reason})
	if err := s.saveUser(a.User, u, secret); err != nil {
		return err
	}
	if err := s.Shelf.Remove(authenticators + h.Serial); err != nil {
		return err
	}
	if err := s.eachRecord(a.User, h.Serial, func(name string) error { return s.Shelf.Remove(name) }); err != nil {
		return err
	}
	return s.Shelf.Save(holders+phone, holder{}, nil)
}

// Revoke takes a lost phone's authenticator from its user. Workstations learn
// of it at the user's next online logon; until then codes that the lost phone
// shows still log on offline.
func (s Server) Revoke(phone string) error { return s.unassign(phone, "phone_replaced", "O17") }

// seedSize is that of a new secret: as long as the hash, as RFC 4226 has it.
const seedSize = 20

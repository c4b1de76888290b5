package encap

import (
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
)

// The states of a session, as views show them.
const (
	stateOpen       = "open"
	stateApproved   = "approved"
	stateExpired    = "expired"
	stateSuperseded = "superseded"
	stateClosed     = "closed"
)

// session is the server's record of an offline authentication session.
type session struct {
	Number       uint64    `json:"number"`
	Provider     string    `json:"provider"`
	Phone        string    `json:"phone"`
	User         string    `json:"user"`
	Registration string    `json:"registration"`
	Method       Method    `json:"method"`
	Digits       int       `json:"digits"`
	Question     string    `json:"question"`
	Title        string    `json:"title,omitempty"`
	Content      string    `json:"content,omitempty"`
	MIME         string    `json:"mime"`
	Started      time.Time `json:"started"`
	Expires      time.Time `json:"expires"`
	State        string    `json:"state"`
	Wrong        int       `json:"wrong,omitempty"` // codes
}

// isOpen reports whether a code may still be judged.
func (s session) isOpen() bool { return s.State == stateOpen }

// startSession starts a session for a phone, whose open one it supersedes (E9, E32).
func (s Server) startSession(m authn.Message, w *start) error {
	_, _, err := s.fromProvider(m, w.providerRequest)
	if err != nil {
		return err
	}
	set, err := s.Settings()
	if err != nil {
		return err
	}
	d, _, err := s.device(w.Phone)
	if err != nil {
		return err
	}
	r, _, there, err := s.registration(d.registrationID())
	if err != nil {
		return err
	}
	answer := started{providerRequest: w.providerRequest, Verdict: set.allows(w.Method), Expires: time.Unix(0, 0).UTC()}
	switch {
	case !there:
		answer.Verdict = notActivated
	case !answer.Verdict.ok():
	case !slices.Contains(r.Methods, w.Method):
		answer.Verdict = methodNotActivated
	default:
		if err := s.openSession(&d, *w, set, &answer); err != nil {
			return err
		}
	}
	return s.answer(m.From, msgStarted, &answer)
}

// openSession makes the session and its verification data.
func (s Server) openSession(d *device, w start, set Settings, answer *started) error {
	id, err := newID(s.Host, "encap.session", sessions)
	if err != nil {
		return err
	}
	challenge, err := s.Env.Draw("encap.challenge", challengeSize)
	if err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	if err := s.supersede(d, id); err != nil {
		return err
	}
	number, err := nextNumber(s)
	if err != nil {
		return err
	}
	now := s.Env.Now()
	v := data{
		Session: id, Registration: d.registrationID(), Provider: w.Provider, Method: w.Method, Digits: *set.OTPLength,
		Challenge: challenge,
		Title:     w.Title, Content: w.Content, MIME: w.MIME, Expires: now.Add(set.life()),
	}
	o := session{
		Number: number, Provider: w.Provider, Phone: w.Phone, User: d.User, Registration: v.Registration, Method: v.Method,
		Digits:   v.Digits,
		Question: question(v.signed()), Title: v.Title, Content: v.Content, MIME: v.MIME, Started: now, Expires: v.Expires,
		State: stateOpen,
	}
	answer.Session, answer.User, answer.Data, answer.Expires = id, d.User, v.text(k.Signer()), v.Expires
	s.SetTimer(timerSession, o.User+"/"+id, o.Expires)
	s.Happened(EventSessionStarted, o.User, "E9",
		o.fields(id, map[string]any{"method": string(o.Method), "expires_at": o.Expires.Format(time.RFC3339Nano)}))
	d.Session = id
	if err := s.Shelf.Save(devices+w.Phone, *d, nil); err != nil {
		return err
	}
	return s.Shelf.Save(sessions+id, o, nil)
}

// fields adds the fields that every event of a session has.
func (o session) fields(id string, more map[string]any) map[string]any {
	more["phone"], more["provider"], more["session"] = o.Phone, o.Provider, id
	return more
}

// nextNumber counts the sessions of the server.
func nextNumber(s Server) (uint64, error) {
	var count struct {
		Sessions uint64 `json:"sessions"`
	}
	if _, err := s.Shelf.Load(recordCount, &count, nil); err != nil {
		return 0, err
	}
	count.Sessions++
	return count.Sessions, s.Shelf.Save(recordCount, count, nil)
}

// endSession removes a phone's open session from the device and sets its final
// state. The caller saves the device.
func (s Server) endSession(d *device, state string) (o session, id string, err error) {
	id, d.Session = d.Session, ""
	there, err := s.Shelf.Load(sessions+id, &o, nil)
	if err != nil || !there || !o.isOpen() {
		return o, "", err
	}
	s.StopTimer(timerSession, o.User+"/"+id)
	o.State = state
	return o, id, s.Shelf.Save(sessions+id, o, nil)
}

// supersede ends the session that a newer one replaces (E32).
func (s Server) supersede(d *device, by string) error {
	o, id, err := s.endSession(d, stateSuperseded)
	if err == nil && id != "" {
		s.Happened(EventSessionSuperseded, o.User, "E32", o.fields(id, map[string]any{"by": by}))
	}
	return err
}

// closeSession ends a phone's open session without a code.
func (s Server) closeSession(d *device, reason string, rule authn.RuleID) error {
	o, id, err := s.endSession(d, stateClosed)
	if err == nil && id != "" {
		s.Happened(EventSessionClosed, o.User, rule, o.fields(id, map[string]any{"reason": reason}))
	}
	return err
}

// expire ends a session at its expiry (E29).
func (s Server) expire(id string) error {
	var o session
	there, err := s.Shelf.Load(sessions+id, &o, nil)
	if err != nil || !there || !o.isOpen() {
		return err
	}
	d, _, err := s.device(o.Phone)
	if err != nil {
		return err
	}
	if o, id, err = s.endSession(&d, stateExpired); err != nil || id == "" {
		return err
	}
	s.Happened(EventSessionExpired, o.User, "E29", o.fields(id, map[string]any{}))
	return s.Shelf.Save(devices+o.Phone, d, nil)
}

// Forget closes every open session and ends every grant after the world's files
// were copied back (A14).
func (s Server) Forget(reason string, rule authn.RuleID) error {
	names, err := s.Shelf.Names(devices)
	if err != nil {
		return err
	}
	for _, name := range names {
		var d device
		if _, err := s.Shelf.Load(name, &d, nil); err != nil {
			return err
		}
		if err := s.closeSession(&d, reason, rule); err != nil {
			return err
		}
		for _, id := range []string{d.Current, d.Next} {
			public, secret, there, err := s.registration(id)
			if err != nil {
				return err
			}
			if !there {
				continue
			}
			s.StopTimer(timerGrant, public.User+"/"+id)
			public.Grant, public.Ask = nil, nil
			if err := s.save(holder{id, public, secret}); err != nil {
				return err
			}
		}
		if err := s.Shelf.Save(name, d, nil); err != nil {
			return err
		}
	}
	return nil
}

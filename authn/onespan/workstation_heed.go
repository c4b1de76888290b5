package onespan

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// otherStates returns the states of the data of all users but one.
func (w Workstation) otherStates(user string) ([]userState, error) {
	names, err := w.Shelf.Names(dataRecords)
	if err != nil {
		return nil, err
	}
	var all []userState
	for _, name := range names {
		of := strings.TrimPrefix(name, dataRecords)
		if of == user {
			continue
		}
		d, _, _, err := w.data(of)
		if err != nil {
			return nil, err
		}
		if d.Serial != "" && len(all) < maxOthers {
			all = append(all, userState{User: of, State: d.state()})
		}
	}
	return all, nil
}

// answered saves the server's answer.
func (w Workstation) answered(m authn.Message, a *answer) error {
	s, k, err := w.self()
	switch {
	case err != nil:
		return err
	case !authn.SignedBy(m.Body, s.Server) || a.Workstation != w.Site.Name():
		return authn.NotAuthentic
	}
	n, err := w.request()
	if err != nil {
		return err
	}
	if n.requestID != a.requestID || n.Verdict != nil {
		return authn.Replayed
	}
	var g grant
	if a.Verdict.ok() {
		plain, ok := authn.OpenFor(k.Box, a.Sealed, a.sealBound("grant"))
		if g, err = decodeGrant(plain); !ok || err != nil {
			return authn.NotAuthentic
		}
	}
	n.Verdict, n.Skew, n.Fate, n.Reason, n.PINChanged = &a.Verdict, a.Skew, a.Fate, a.Reason, a.PINChanged
	if err := w.Shelf.Save(recordRequest, n, nil); err != nil {
		return err
	}
	if err := w.Shelf.Save(recordPolicy, a.Settings, nil); err != nil {
		return err
	}
	return w.applyAnswer(*a, g)
}

// applyAnswer applies the notices of an answer to the data here, and then, after
// a success, updates the data of the user who logged on.
func (w Workstation) applyAnswer(a answer, g grant) error {
	for _, of := range append([]userNotice{{User: a.User, notice: a.notice}}, a.Others...) {
		if err := w.applyNotice(of.User, of.notice); err != nil {
			return err
		}
	}
	if !a.Verdict.ok() {
		return nil
	}
	d, s, _, err := w.data(a.User)
	if err != nil {
		return err
	}
	d.Failures = 0 // O36: in a row
	if len(g.Payload) > 0 && a.Fate != fateComing && d.Number > 0 && d.Number == a.State.Number {
		s.Payload, s.Salt, s.Revision, s.PasswordLen, s.PINLen = g.Payload, g.Salt, a.Counter, g.PasswordLen, g.PINLen
	}
	if a.Fate == fateComing {
		if err := w.blocks(a.User).removeIncoming(d); err != nil { // an earlier update that was cut off
			return err
		}
		d.Incoming = &incoming{offer: a.Offer, Next: a.State.Next}
		s.Coming = &dataSecret{
			HashKey: g.HashKey, Transport: g.TransportKey, Payload: g.Payload, Salt: g.Salt,
			Revision: a.Counter, PasswordLen: g.PasswordLen, PINLen: g.PINLen,
		}
	}
	return w.Shelf.Save(dataRecords+a.User, d, s)
}

// applyNotice applies the server's notice to the data of a user. Data to be
// dropped is deleted at once, whatever the verdict (O49).
func (w Workstation) applyNotice(user string, word notice) error {
	d, s, there, err := w.data(user)
	if err != nil || !there {
		return err
	}
	c, err := w.policy()
	if err != nil {
		return err
	}
	w.setReminder(user, d, c)
	if d.Serial != "" && d.Serial == word.State.Serial {
		d.Heard = max(d.Heard, word.State.Next)
		d.Next = max(d.Next, word.State.Next)
		d.Drift = word.Drift
		w.warnOfLastUses(user, &d, c)
		if err := w.Shelf.Save(dataRecords+user, d, s); err != nil {
			return err
		}
	}
	switch {
	case word.Fate == fateDrop:
		return w.drop(user, word.Reason, reasonRules[word.Reason])
	case word.Fate == fateComing && d.Number > 0 && d.Serial != word.State.Serial:
		// The new data is of the first authenticator that is left.
		return w.drop(user, ReasonTaken, reasonRules[ReasonTaken])
	}
	return nil
}

// part saves one block of incoming data. The last block replaces the old data as
// a whole (A11).
func (w Workstation) part(m authn.Message, p *part) error {
	s, _, err := w.self()
	switch {
	case err != nil:
		return err
	case !authn.SignedBy(m.Body, s.Server) || p.Workstation != w.Site.Name():
		return authn.NotAuthentic
	}
	d, secret, _, err := w.data(p.User)
	if err != nil {
		return err
	}
	if d.Incoming == nil || d.Incoming.Number != p.Number || secret.Coming == nil || p.Part >= d.Incoming.parts() {
		return authn.Unexpected
	}
	name := w.blocks(p.User).name(p.Number, p.Part)
	if there, err := w.Shelf.Load(name, nil, nil); err != nil {
		return err
	} else if there {
		return authn.Replayed
	}
	raw, ok := openPart(secret.Coming.Transport, p.Number, p.Part, p.Sealed)
	if !ok {
		return authn.NotAuthentic
	}
	if b, err := decodeBlock(raw); err != nil || b.header != d.Incoming.header(p.Part) {
		return authn.Malformed
	}
	if err := w.Shelf.Save(name, struct{}{}, blockSecret{Block: raw}); err != nil {
		return err
	}
	if d.Incoming.Got++; d.Incoming.Got == d.Incoming.parts() {
		return w.install(p.User, d, secret)
	}
	return w.Shelf.Save(dataRecords+p.User, d, secret)
}

// install replaces the old data by the complete incoming data. It ends a lock too:
// the administrator must have deleted the server's record (O38).
func (w Workstation) install(user string, old dataRecord, secret dataSecret) error {
	kind := EventDataIssued
	if old.present() {
		kind = EventDataRenewed
	}
	if old.Number > 0 {
		w.stopTimers(user, old)
		if !old.Expired {
			if err := w.blocks(user).remove(old.Number, old.parts()); err != nil {
				return err
			}
		}
	}
	now := dataRecord{offer: old.Incoming.offer, Next: old.Incoming.Next, Heard: old.Incoming.Next}
	if old.Serial == now.Serial {
		now.Next = max(now.Next, old.Next)
	}
	fields := map[string]any{"serial": now.Serial, "number": int64(now.Number)}
	rule := authn.RuleID("O8")
	if now.Type == TimeBased {
		fields["days"], fields["expires_at"] = int64(now.Days), now.expires().UTC().Format(time.RFC3339Nano)
		w.SetTimer(timerExpire, timerSubject(user, now.Number), now.expires())
	} else {
		fields["uses"], rule = int64(now.uses()), "O11"
	}
	w.Happened(kind, w.subject(user), rule, fields)
	c, err := w.policy()
	if err != nil {
		return err
	}
	w.setReminder(user, now, c)
	w.warnOfLastUses(user, &now, c)
	a, err := w.request()
	if err != nil {
		return err
	}
	if a.User == user {
		a.Taken = kind
		if err := w.Shelf.Save(recordRequest, a, nil); err != nil {
			return err
		}
	}
	came := *secret.Coming
	came.Transport = nil
	return w.Shelf.Save(dataRecords+user, now, came)
}

package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// part takes one block of data that comes. With the last one the data takes
// the place of the old, whole (A11).
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
		return w.take(p.User, d, secret)
	}
	return w.Shelf.Save(datas+p.User, d, secret)
}

// take puts data that has come whole into the place of the old. It ends a lock
// too: the administrator has deleted the server's record, or there would be
// none (O38).
func (w Workstation) take(user string, old dataRecord, secret dataSecret) error {
	kind := EventDataIssued
	if old.present() {
		kind = EventDataRenewed
	}
	if old.Number > 0 {
		w.calm(user, old)
		if !old.Expired {
			if err := w.blocks(user).remove(old.Number, old.parts()); err != nil {
				return err
			}
		}
	}
	now := dataRecord{offerRecord: old.Incoming.offerRecord, Next: old.Incoming.Next, Heard: old.Incoming.Next}
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
	w.remind(user, now, c)
	w.tell(user, &now, c)
	a, err := w.ask()
	if err != nil {
		return err
	}
	if a.User == user {
		a.Taken = kind
		if err := w.Shelf.Save(recordAsk, a, nil); err != nil {
			return err
		}
	}
	came := *secret.Coming
	came.Transport = nil
	return w.Shelf.Save(datas+user, now, came)
}

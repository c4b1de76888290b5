package hypr

import (
	"crypto/ed25519"
	"strconv"
	"strings"

	"github.com/offauth/offauth/authn"
)

// issue makes a set and sends it to the phone. Until the phone confirms it, the
// set that the phone reported to hold stays valid too, and no other (A11).
func (w Workstation) issue(t triple, held uint64, settings Settings, p *pairing, acc *account, seed []byte) error {
	if err := w.confirmHeld(t, held); err != nil {
		return err
	}
	pins, err := drawPINs(w.Env.Rand("hypr.pins"), settings.Count, settings.Length)
	if err != nil {
		return err
	}
	jobs := make([]authn.SlowJob, len(pins))
	for i, pin := range pins {
		jobs[i] = kdfJob(acc.KDF, acc.Salt, pin)
	}
	stretched, err := w.Slow(jobs)
	if err != nil {
		return err
	}
	p.LastNumber++
	now := w.Env.Now()
	set := sealedSet{Number: p.LastNumber, Of: len(pins), Unused: len(pins), Issued: now,
		Expires: now.Add(settings.life())}
	s := openSet{triple: t, sealedSet: set}
	for _, one := range stretched {
		tag, key := copyKeys(one, s.header())
		s.secret.Tags = append(s.secret.Tags, tag...)
		s.secret.Copies = append(s.secret.Copies, seal(key, seed, s.header())...)
		s.secret.Used = append(s.secret.Used, 0)
	}
	w.SetTimer(timerExpire, t.expiryTimer(set.Number), set.Expires)
	w.Happened(EventPINsIssued, t.subject(), "H11", map[string]any{
		"phone": t.Phone, "number": int64(set.Number), "count": int64(settings.Count), "length": int64(settings.Length),
		"days":       int64(settings.Days),
		"expires_at": set.Expires.UTC().Format("2006-01-02T15:04:05.999999999Z07:00"),
	})
	if err := w.Shelf.Save(t.setName(set.Number), set, s.secret); err != nil {
		return err
	}
	if err := w.Shelf.Save(t.pairingName(), *p, nil); err != nil {
		return err
	}
	return w.sendSet(t, settings, s, p.Now, pins, seed)
}

// sendSet signs the set with the login key and seals its PINs to the phone.
func (w Workstation) sendSet(t triple, settings Settings, s openSet, g *grant, pins []string, seed []byte) error {
	sealed, err := sealTo(g.Box, []byte(strings.Join(pins, "")), s.header())
	if err != nil {
		return err
	}
	m := pinSet{triple: t, Number: s.Number, Issued: s.Issued, Expires: s.Expires, Settings: settings, Sealed: sealed}
	w.Send(authn.Phone(t.Phone), msgPINSet, encode(msgPINSet, &m, ed25519.NewKeyFromSeed(seed)))
	return nil
}

// confirmHeld treats the number in the phone's request as a confirmation, and
// deletes all sets except that one (A11).
func (w Workstation) confirmHeld(t triple, held uint64) error {
	var set sealedSet
	var secret setSecret
	there, err := w.Shelf.Load(t.setName(held), &set, &secret)
	if err != nil {
		return err
	}
	if there && !set.Confirmed {
		if err := w.confirm(t, &set, "login"); err != nil {
			return err
		}
		if err := w.Shelf.Save(t.setName(held), set, secret); err != nil {
			return err
		}
	}
	return w.keepSets(t, "replaced", "H32", func(number uint64) bool { return number == held })
}

// dropSets deletes all sets of a triple that no longer has Offline Mode.
func (w Workstation) dropSets(t triple, why availability) error {
	reason, rule := why.reason()
	return w.keepSets(t, reason, rule, func(uint64) bool { return false })
}

// keepSets deletes the sets of a triple that keep rejects, with their timers.
func (w Workstation) keepSets(t triple, reason string, rule authn.RuleID, keep func(number uint64) bool) error {
	names, err := w.Shelf.Names(t.setPrefix())
	if err != nil {
		return err
	}
	for _, name := range names {
		number, err := strconv.ParseUint(strings.TrimPrefix(name, t.setPrefix()), 10, 64)
		if err != nil {
			return err
		}
		if keep(number) {
			continue
		}
		w.StopTimer(timerExpire, t.expiryTimer(number))
		w.Happened(EventPINsDeleted, t.subject(), rule,
			map[string]any{"phone": t.Phone, "number": int64(number), "reason": reason})
		if err := w.Shelf.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// setHeld handles the phone's confirmation of a set: older sets are deleted
// (H32).
func (w Workstation) setHeld(m authn.Message) error {
	var held pinSetHeld
	if decode(msgPINSetHeld, m.Body, &held) != nil {
		return w.Refuse(m, "malformed")
	}
	p, err := w.pairing(held.triple)
	if err != nil {
		return err
	}
	if p.Now == nil || !signedBy(m.Body, p.Now.Sign) || held.Workstation != w.Site.Name() {
		return w.Refuse(m, "not_authentic")
	}
	var set sealedSet
	var secret setSecret
	there, err := w.Shelf.Load(held.setName(held.Number), &set, &secret)
	if err != nil {
		return err
	}
	if !there || set.Confirmed {
		return w.Refuse(m, "replayed")
	}
	if err := w.confirm(held.triple, &set, "phone"); err != nil {
		return err
	}
	return w.Shelf.Save(held.setName(held.Number), set, secret)
}

package hypr

import "github.com/offauth/offauth/authn"

// Receive takes a message that reached the workstation.
func (w Workstation) Receive(m authn.Message) error {
	if !rightChannel(m) {
		return w.Refuse(m, "unexpected")
	}
	switch m.Kind {
	case msgEnrolled:
		return w.enrolled(m)
	case msgPairOrder:
		return w.pairOrder(m)
	case msgUnlockOrder:
		return w.unlockOrder(m)
	case msgUnlockProof:
		return w.unlockProof(m)
	case msgPINSetHeld:
		return w.setHeld(m)
	case msgOrder:
		return w.order(m)
	case msgPasskeyAsk:
		return w.passkeyAsk(m)
	case msgPasskeyAnswer:
		return w.passkeyAnswer(m)
	case msgAuditTaken:
		return auditTakenBy(w.Host, m)
	}
	return w.Refuse(m, "unexpected")
}

func (w Workstation) enrolled(m authn.Message) error {
	s, k, err := w.self()
	if err != nil {
		return err
	}
	if s.Server, err = takeEnrolled(w.Host, m, s.Server); err != nil || s.Server == nil {
		return err
	}
	return w.Shelf.Save(recordKeys, s, k)
}

package hypr

import (
	"strings"

	"github.com/offauth/offauth/authn"
)

// recordOrders holds the number of the newest order that the workstation
// carried out.
const recordOrders = "hypr/orders"

type ordersDone struct {
	Number uint64 `json:"number"`
}

// order carries out an order of the server. One that was done before is only
// confirmed again, since the confirmation may have been lost.
func (w Workstation) order(m authn.Message) error {
	var o order
	s, k, err := w.self()
	if err != nil {
		return err
	}
	if decode(msgOrder, m.Body, &o) != nil {
		return w.Refuse(m, "malformed")
	}
	if !signedBy(m.Body, s.Server) || o.Workstation != w.Site.Name() {
		return w.Refuse(m, "not_authentic")
	}
	var done ordersDone
	if _, err := w.Shelf.Load(recordOrders, &done, nil); err != nil {
		return err
	}
	if o.Number > done.Number+1 {
		return w.Refuse(m, "out_of_order") // the previous order was lost; both are sent again
	}
	if o.Number == done.Number+1 {
		if err := w.carryOut(o); err != nil {
			return err
		}
		done.Number = o.Number
		if err := w.Shelf.Save(recordOrders, done, nil); err != nil {
			return err
		}
	}
	answer := orderDone{Workstation: o.Workstation, Number: done.Number}
	w.Send(authn.SiteServer, msgOrderDone, encode(msgOrderDone, &answer, k.Signer()))
	return nil
}

func (w Workstation) carryOut(o order) error {
	if o.What == orderRevoke {
		t := triple{User: o.User, Phone: o.Phone, Workstation: w.Site.Name()}
		if err := w.keepSets(t, "revoked", "H12", func(uint64) bool { return false }); err != nil {
			return err
		}
		if err := w.closeAsks(t.askName()); err != nil {
			return err
		}
		p, err := w.pairing(t)
		if err != nil {
			return err
		}
		w.Happened(EventUnpaired, t.subject(), "H12", map[string]any{"phone": o.Phone, "workstation": t.Workstation})
		return w.Shelf.Save(t.pairingName(), pairing{Counter: p.Counter, LastNumber: p.LastNumber, Revoked: true}, nil)
	}
	acc, there, err := w.account(o.User)
	if err != nil || !there {
		return err
	}
	return acc.endLockout("administrator")
}

// ForgetSets deletes every set of the workstation and the open challenges
// (A14).
func (w Workstation) ForgetSets(reason string, rule authn.RuleID) error {
	open, err := w.Shelf.Names(asks)
	if err != nil {
		return err
	}
	if err := w.closeAsks(open...); err != nil {
		return err
	}
	names, err := w.Shelf.Names(pairings)
	if err != nil {
		return err
	}
	for _, name := range names {
		user, phone, _ := strings.Cut(strings.TrimPrefix(name, pairings), "/")
		t := triple{User: user, Phone: phone, Workstation: w.Site.Name()}
		if err := w.keepSets(t, reason, rule, func(uint64) bool { return false }); err != nil {
			return err
		}
	}
	return nil
}

// closeAsks deletes the named challenges and the one over Bluetooth.
func (w Workstation) closeAsks(names ...string) error {
	for _, name := range append(names, recordCall) {
		w.StopTimer(timerAsk, name)
		if err := w.Shelf.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

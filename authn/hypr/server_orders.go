package hypr

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// The server keeps its orders to workstations in an outbox until they are done.
const (
	outboxes = "hypr/outbox/" // at the server, by workstation
	paired   = "hypr/paired/" // at the server: the phones paired with each workstation
)

// outbox holds the orders that a workstation has not done yet.
type outbox struct {
	Last   uint64        `json:"last"`
	Orders []outboxOrder `json:"orders,omitempty"`
}

type outboxOrder struct {
	Number uint64 `json:"number"`
	What   string `json:"what"`
	User   string `json:"user"`
	Phone  string `json:"phone,omitempty"`
}

// pairedRecord is the user of a paired phone.
type pairedRecord struct {
	User string `json:"user"`
}

// UnlockUser ends a user's directory lock-out at every workstation where the
// user has paired (H27). It returns those workstations. Once the messages are
// delivered, Waiting reports which have not carried it out.
func (s Server) UnlockUser(user string) ([]string, error) {
	s.Happened(EventUserUnlocked, user, "H27", nil)
	return s.queueOrders(orderUnlock, func(p pairedRecord, _ string) bool { return p.User == user }, user, "")
}

// Revoke invalidates a lost phone's requests at once, and orders every
// workstation that it was paired with to delete its sets and pairings.
func (s Server) Revoke(phone string) ([]string, error) {
	site := authn.Phone(phone)
	p, there, err := s.peer(site)
	if err != nil || !there {
		return nil, err
	}
	p.Revoked = true
	if err := s.Shelf.Save(peers+string(site), p, nil); err != nil {
		return nil, err
	}
	s.Happened(EventPhoneRevoked, p.User, "H12", map[string]any{"phone": phone})
	return s.queueOrders(orderRevoke, func(_ pairedRecord, on string) bool { return on == phone }, p.User, phone)
}

// queueOrders adds an order to the outbox of every workstation with a pairing
// that selects accepts, and sends the outboxes.
func (s Server) queueOrders(what string, selects func(p pairedRecord, phone string) bool,
	user, phone string) ([]string, error) {
	names, err := s.Shelf.Names(paired)
	if err != nil {
		return nil, err
	}
	told := []string{}
	for _, name := range names {
		ws, on, _ := strings.Cut(strings.TrimPrefix(name, paired), "/")
		var p pairedRecord
		if _, err := s.Shelf.Load(name, &p, nil); err != nil {
			return nil, err
		}
		if !selects(p, on) || len(told) > 0 && told[len(told)-1] == ws {
			continue
		}
		told = append(told, ws)
		var box outbox
		if _, err := s.Shelf.Load(outboxes+ws, &box, nil); err != nil {
			return nil, err
		}
		box.Last++
		box.Orders = append(box.Orders, outboxOrder{Number: box.Last, What: what, User: user, Phone: phone})
		if err := s.Shelf.Save(outboxes+ws, box, nil); err != nil {
			return nil, err
		}
		if err := s.flush(ws); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// Flush sends every waiting order, as the server does when the network changes.
func (s Server) Flush() error {
	names, err := s.Shelf.Names(outboxes)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.flush(strings.TrimPrefix(name, outboxes)); err != nil {
			return err
		}
	}
	return nil
}

// flush sends one workstation's orders, the oldest first.
func (s Server) flush(ws string) error {
	var box outbox
	there, err := s.Shelf.Load(outboxes+ws, &box, nil)
	if err != nil || !there || len(box.Orders) == 0 {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	for _, o := range box.Orders {
		m := order{Workstation: ws, Number: o.Number, What: o.What, User: o.User, Phone: o.Phone}
		s.Send(authn.Workstation(ws), msgOrder, encode(msgOrder, &m, k.Signer()))
	}
	return nil
}

// Waiting reports whether a workstation has orders that it has not done.
func (s Server) Waiting(ws string) (bool, error) {
	var box outbox
	_, err := s.Shelf.Load(outboxes+ws, &box, nil)
	return len(box.Orders) > 0, err
}

// UnlockWaits reports whether a workstation has not heard yet that a user was
// unlocked.
func (s Server) UnlockWaits(ws, user string) (bool, error) {
	var box outbox
	_, err := s.Shelf.Load(outboxes+ws, &box, nil)
	return slices.ContainsFunc(box.Orders, func(o outboxOrder) bool { return o.What == orderUnlock && o.User == user }),
		err
}

// orderDone removes done orders from the outbox.
func (s Server) orderDone(m authn.Message) error {
	var done orderDone
	if decode(msgOrderDone, m.Body, &done) != nil {
		return s.Refuse(m, "malformed")
	}
	ws, there, err := s.peer(m.From)
	if err != nil {
		return err
	}
	if !there || !signedBy(m.Body, ws.Sign) || done.Workstation != m.From.Name() {
		return s.Refuse(m, "not_authentic")
	}
	var box outbox
	if _, err := s.Shelf.Load(outboxes+done.Workstation, &box, nil); err != nil {
		return err
	}
	left := []outboxOrder{}
	for _, o := range box.Orders {
		if o.Number > done.Number {
			left = append(left, o)
		}
	}
	box.Orders = left
	return s.Shelf.Save(outboxes+done.Workstation, box, nil)
}

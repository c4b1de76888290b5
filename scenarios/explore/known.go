package explore

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
)

// known is what the one who draws knows of a world, so that most of what is
// drawn makes sense. It judges nothing: if it is wrong, more is refused.
type known struct {
	users, workstations, providers []string
	phones                         []actor
	down                           map[authn.Site]bool // links
	open                           map[string]bool     // workstations
	waiting                        bool                // some tap waits
	visible                        map[string]string   // phones with a PIN, and for which workstation
	cards                          []shownPIN
	last                           step // that was typed wrong, for a second guess
	tickets                        []ticket
	codes                          []givenCode
	reading                        map[string]int // phones, and the ticket that they read
	online                         map[string]bool
	locked                         bool // some method, phone or user is, at the server
	wallet                         *wallet
}

// shownPIN is a PIN that a step showed.
type shownPIN struct {
	step            int
	phone, ws, user string
	typed           bool
}

// ticket is a session that a step started.
type ticket struct {
	step                    int
	provider, phone, method string
	session                 string
	over                    bool
}

// givenCode is a code that a step gave for a ticket.
type givenCode struct{ step, ticket int }

func newKnown(p plan) *known {
	k := &known{
		users: p.users(), down: map[authn.Site]bool{}, open: map[string]bool{}, visible: map[string]string{}, reading: map[string]int{}, online: map[string]bool{},
		wallet: newWallet(p.policy),
	}
	for _, a := range p.actors {
		switch a.role {
		case authn.RolePhone:
			k.phones = append(k.phones, a)
		case authn.RoleWorkstation:
			k.workstations = append(k.workstations, a.name)
		case authn.RoleProvider:
			k.providers = append(k.providers, a.name)
		}
	}
	return k
}

// clone returns a copy that goes its own way.
func (k *known) clone() *known {
	c := *k
	c.phones, c.cards = slices.Clone(k.phones), slices.Clone(k.cards)
	c.tickets, c.codes = slices.Clone(k.tickets), slices.Clone(k.codes)
	c.down, c.open, c.visible, c.reading, c.online = map[authn.Site]bool{}, map[string]bool{}, map[string]string{}, map[string]int{}, map[string]bool{}
	c.wallet = k.wallet.clone()
	copyInto(c.down, k.down)
	copyInto(c.open, k.open)
	copyInto(c.visible, k.visible)
	copyInto(c.reading, k.reading)
	copyInto(c.online, k.online)
	return &c
}

func copyInto[K comparable, V any](to, from map[K]V) {
	for key, v := range from {
		to[key] = v
	}
}

// userOf says whose a phone is.
func (k *known) userOf(phone string) string {
	for _, p := range k.phones {
		if p.name == phone {
			return p.user
		}
	}
	return ""
}

// sites are all of them.
func (k *known) sites() []string {
	list := []string{string(authn.SiteServer)}
	for _, p := range k.phones {
		list = append(list, string(authn.Phone(p.name)))
	}
	for _, w := range k.workstations {
		list = append(list, string(authn.Workstation(w)))
	}
	for _, p := range k.providers {
		list = append(list, string(authn.Provider(p)))
	}
	return list
}

// learn takes what came of a step.
func (k *known) learn(p played) {
	for _, e := range p.outcome.Events {
		k.hear(e)
		k.wallet.hear(e)
	}
	if p.action == nil || p.crashed {
		return
	}
	ok := p.refusal == nil
	if ok {
		k.wallet.learn(p)
	}
	switch a := p.action.(type) {
	case hypr.Tap:
		k.waiting = k.waiting || p.outcome.Pending != nil
	case hypr.Unlock:
		if r, told := p.outcome.Result.(hypr.UnlockResult); ok && told && !r.Same {
			k.cards = append(k.cards, shownPIN{step: p.step.id, phone: a.Phone, ws: a.Workstation, user: r.User})
		}
	case hypr.Login:
		k.typed(p, ok)
	case authn.ReplaceDevice:
		if ok {
			k.phones = append(k.phones, actor{role: authn.RolePhone, name: a.New, user: k.userOf(a.Old), platform: a.Platform})
		}
	case encap.Challenge:
		if r, told := p.outcome.Result.(encap.ChallengeResult); ok && told {
			k.tickets = append(k.tickets, ticket{step: p.step.id, provider: a.Provider, phone: r.Phone, method: string(r.Method), session: r.Session})
		}
	case encap.Approve:
		if r, told := p.outcome.Result.(encap.ApproveResult); ok && told {
			k.codes = append(k.codes, givenCode{step: p.step.id, ticket: k.ticketOf(r.Session)})
		}
	}
}

// typed marks a PIN that was typed.
func (k *known) typed(p played, ok bool) {
	r, _ := p.step.values["pin"].(ref)
	if !ok {
		k.last = p.step
		return
	}
	for i := range k.cards {
		k.cards[i].typed = k.cards[i].typed || k.cards[i].step == r.step
	}
}

// ticketOf finds the step that started a session.
func (k *known) ticketOf(session string) int {
	for _, t := range k.tickets {
		if t.session == session {
			return t.step
		}
	}
	return 0
}

// hear takes an event.
func (k *known) hear(e authn.Event) {
	switch e.Kind {
	case hypr.EventLocked:
		k.open[e.Site.Name()] = false
	case hypr.EventUnlocked:
		k.open[e.Site.Name()] = true
		k.waiting = false
	case hypr.EventPINOffered, hypr.EventTapCancelled, hypr.EventTapUnanswered:
		k.waiting = false
	case hypr.EventPINShown:
		k.visible[e.Site.Name()] = e.Subject
	case hypr.EventPINHidden:
		delete(k.visible, e.Site.Name())
	case sim.EventLinkSet:
		k.down[authn.Site(e.Subject)] = e.Fields["state"] != string(authn.Up)
	case encap.EventOperationStarted:
		session, _ := e.Fields["session"].(string)
		k.reading[e.Site.Name()] = k.ticketOf(session)
	case encap.EventOperationClosed, encap.EventCodeGiven:
		delete(k.reading, e.Site.Name())
	case encap.EventMethodLocked, encap.EventDeviceLocked, onespan.EventUserLocked:
		k.locked = true
	case encap.EventLocksCleared, onespan.EventUserReleased:
		k.locked = false
	case encap.EventDeviceAuthenticated:
		phone, _ := e.Fields["phone"].(string)
		k.online[phone] = true
	case encap.EventSessionApproved, encap.EventSessionSuperseded, encap.EventSessionClosed:
		for i := range k.tickets {
			k.tickets[i].over = k.tickets[i].over || k.tickets[i].session == e.Fields["session"]
		}
	}
}

// cut lists the links that are not up.
func (k *known) cut() []string {
	var list []string
	for site, down := range k.down {
		if down {
			list = append(list, string(site))
		}
	}
	slices.SortFunc(list, strings.Compare)
	return list
}

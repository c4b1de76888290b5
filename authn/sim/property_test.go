package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
)

// typePIN types a text and judges what came of it against the history.
func (l *life) typePIN(user, ws, text string) {
	before, of := l.snap(), user+" "+ws
	out := l.lockedOut(user, ws)
	_, refusal := l.apply(hypr.Login{Workstation: ws, User: user, PIN: authn.NewSecret(text)})
	if refusal != nil {
		switch refusal.Code {
		case "wrong_pin", "pin_used", "pin_expired":
			if out {
				l.t.Fatalf("%s judged a PIN of %s, who is locked out", ws, user)
			}
			l.failures[of]++
		case "directory_locked":
			if !out {
				l.t.Fatalf("%s takes %s for locked out after %d of %d", ws, user, l.failures[of], l.limit[of])
			}
		}
		return
	}
	if out || !locked(before, ws) {
		l.t.Fatalf("%s took a PIN of %s: locked out %v, locked %v", ws, user, out, locked(before, ws))
	}
	l.failures[of] = 0
	for _, c := range l.cards {
		if c.pin != text || c.user != user || c.ws != ws {
			continue
		}
		pair := c.phone + " " + ws
		switch {
		case c.accepted:
			l.t.Fatalf("a PIN unlocked %s twice", ws)
		case c.dead || !before.Now.Before(c.expires):
			l.t.Fatalf("a PIN unlocked %s at or after its expiry", ws)
		case c.number < l.latest[pair]:
			l.t.Fatalf("a PIN of set %d unlocked after set %d was confirmed or used", c.number, l.latest[pair])
		case l.heard[pair]:
			l.t.Fatalf("a PIN of %s unlocked %s, which knows that the phone was replaced", c.phone, ws)
		}
		c.accepted = true
		l.latest[pair] = max(l.latest[pair], c.number)
		return
	}
	l.t.Fatalf("%s took a PIN that no phone of %s showed for it", ws, user)
}

// show asks for a PIN and keeps it as a card.
func (l *life) show(p owner, ws string) {
	out, refusal := l.apply(hypr.Unlock{Phone: p.phone, Workstation: ws})
	if refusal != nil {
		return
	}
	r := out.Result.(hypr.UnlockResult)
	if r.Same {
		return
	}
	number := uint64(0)
	for _, e := range out.Events {
		if e.Kind == "pin_shown" {
			number = uint64(e.Fields["number"].(int64))
		}
	}
	for _, c := range l.cards {
		if c.phone == p.phone && c.ws == ws && c.number == number && c.pin == r.PIN.Reveal() {
			l.t.Fatalf("a PIN was shown as new twice")
		}
	}
	l.cards = append(l.cards, &pinCard{owner: p, ws: ws, pin: r.PIN.Reveal(), number: number, expires: r.ExpiresAt})
}

// near unlocks over Bluetooth: only what is locked, with a passkey, the link
// up, nobody locked out and no phone that is known to be lost; and then
// always, unless a fault waits on the way (H27, H36, H45, A11).
func (l *life) near(p owner, ws string) {
	before, pair := l.snap(), p.phone+" "+ws
	may := locked(before, ws) && up(before, authn.Bluetooth(p.phone, ws)) && l.passkey[pair] && !l.lockedOut(p.user, ws) &&
		!l.heard[pair]
	_, refusal := l.apply(hypr.PasskeyUnlock{Phone: p.phone, Workstation: ws})
	faulty := slices.ContainsFunc(before.Faults,
		func(f authn.FaultView) bool { return strings.HasPrefix(f.Message, "passkey_") })
	switch open := !locked(l.snap(), ws); {
	case refusal == nil && !may, !may && open && locked(before, ws):
		l.t.Fatalf("%s unlocked %s over Bluetooth", p.phone, ws)
	case refusal == nil && !open:
		l.t.Fatalf("%s was told that %s is unlocked", p.phone, ws)
	case may && !faulty && refusal != nil && !(l.wasOff && refusal.Code == "offline_disabled"): // H49
		l.t.Fatalf("%s did not unlock %s over Bluetooth: %v", p.phone, ws, refusal)
	}
}

// replace returns the owner of a phone another one, which is then paired.
func (l *life) replace(p owner, ws string) {
	fresh := owner{p.user, fmt.Sprintf("%s-%d", p.user, len(l.people))}
	out, refusal := l.apply(authn.ReplaceDevice{Old: p.phone, New: fresh.phone})
	if refusal != nil {
		return
	}
	l.replaced[p.phone] = true
	l.people = append(l.people, fresh)
	for _, dead := range out.Result.(authn.ReplaceResult).Dead {
		if !l.heard[p.phone+" "+dead] {
			l.t.Fatalf("%s is said to know that %s was replaced", dead, p.phone)
		}
	}
	l.pair(fresh, ws, false)
}

func (l *life) pair(p owner, ws string, passkey bool) {
	if _, refusal := l.apply(hypr.Pair{Phone: p.phone, Workstation: ws, Passkey: passkey}); refusal == nil {
		if l.replaced[p.phone] {
			l.t.Fatalf("%s, which was replaced, was paired", p.phone)
		}
		l.passkey[p.phone+" "+ws] = passkey
	}
}

func (l *life) setLockout(limit int) {
	l.apply(set("hypr.directory.lockout", fmt.Sprint(limit)))
	l.lockout = limit
}

// unlockUser ends lock-outs; who is said to have heard has.
func (l *life) unlockUser(user string) {
	out, _ := l.apply(authn.UnlockUser{Name: user})
	for _, ws := range out.Result.(authn.UnlockUserResult).Reached {
		if l.failures[user+" "+ws] != 0 {
			l.t.Fatalf("%s is said to have heard that %s is unlocked", ws, user)
		}
	}
}

// booksBalance holds what is left on both sides against what was shown and
// used, and the lock-outs against the tries.
func (l *life) booksBalance(t *rapid.T) {
	snap := l.snap()
	for _, p := range snap.Phones {
		for _, c := range p.Computers {
			if c.Set == nil || c.Set.Expired {
				continue
			}
			shown := 0
			for _, card := range l.cards {
				if card.phone == p.Name && card.ws == c.Workstation && card.number == c.Set.Number {
					shown++
				}
			}
			if c.Set.Left != c.Set.Of-shown {
				t.Fatalf("%s has %d of %d left after %d were shown", p.Name, c.Set.Left, c.Set.Of, shown)
			}
		}
	}
	for _, w := range snap.Workstations {
		for _, a := range w.Accounts {
			if of := a.User + " " + w.Name; a.Failures != l.failures[of] || a.LockedOut != l.lockedOut(a.User, w.Name) {
				t.Fatalf("%s counts %d wrong PINs of %s, locked out %v; there were %d", w.Name, a.Failures, a.User, a.LockedOut,
					l.failures[of])
			}
			for _, s := range a.Sets {
				used := 0
				for _, card := range l.cards {
					if card.accepted && card.ws == w.Name && card.phone == s.Phone && card.number == s.Number {
						used++
					}
				}
				if s.Left != s.Of-used || l.heard[s.Phone+" "+w.Name] {
					t.Fatalf("%s keeps %d of %d of %s after %d were used", w.Name, s.Left, s.Of, s.Phone, used)
				}
			}
		}
	}
}

// TestNoOrderOfActionsBreaksTheSpine plays random lives: right, wrong, old
// and other people's PINs, passkeys, lost phones, cuts and faults, the clock
// forward and back, and restarts. It holds H12, H20 to H25, H27, H31 to H33,
// H36, H37, H41, A6, A8 and A11 together.
func TestNoOrderOfActionsBreaksTheSpine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := begin(t)
		person := func() owner { return rapid.SampledFrom(l.people).Draw(t, "who") }
		machine := func() string { return rapid.SampledFrom(machines).Draw(t, "ws") }
		t.Repeat(map[string]func(*rapid.T){
			"":             l.booksBalance,
			"tap":          func(*rapid.T) { l.apply(hypr.Tap{Phone: person().phone, Workstation: machine()}) },
			"unlock":       func(*rapid.T) { l.show(person(), machine()) },
			"hide":         func(*rapid.T) { l.apply(hypr.Hide{Phone: person().phone}) },
			"lock":         func(*rapid.T) { l.apply(authn.Lock{Workstation: machine()}) },
			"passkey":      func(*rapid.T) { l.near(person(), machine()) },
			"pair again":   func(t *rapid.T) { l.pair(person(), machine(), rapid.Bool().Draw(t, "passkey")) },
			"admin unlock": func(*rapid.T) { l.unlockUser(person().user) },
			"lock out": func(t *rapid.T) { // seldom met otherwise
				p, ws := person(), machine()
				l.setLockout(rapid.SampledFrom([]int{0, 1, 1, 2}).Draw(t, "limit"))
				l.apply(hypr.Tap{Phone: p.phone, Workstation: ws})
				l.apply(authn.Lock{Workstation: ws})
				l.typePIN(p.user, ws, "22222222")
				l.near(p, ws)
			},
			"restart": func(*rapid.T) { l.world = sim.Open(l.cfg) },
			"lock and passkey": func(*rapid.T) {
				p, ws := person(), machine()
				l.apply(authn.Lock{Workstation: ws})
				l.near(p, ws)
			},
			"replace": func(t *rapid.T) {
				p := person()
				if l.replaced[p.phone] || len(l.people) > 5 {
					t.Skip()
				}
				l.replace(p, machine())
			},
			"type a PIN that was shown": func(t *rapid.T) {
				if len(l.cards) == 0 {
					t.Skip()
				}
				c := rapid.SampledFrom(l.cards).Draw(t, "card")
				l.apply(authn.Lock{Workstation: c.ws})
				l.typePIN(c.user, c.ws, c.pin)
			},
			"type somebody else's PIN": func(t *rapid.T) {
				if len(l.cards) == 0 {
					t.Skip()
				}
				l.typePIN(person().user, machine(), rapid.SampledFrom(l.cards).Draw(t, "card").pin)
			},
			"type a wrong PIN": func(t *rapid.T) {
				p, ws := person(), machine()
				l.apply(authn.Lock{Workstation: ws})
				l.typePIN(p.user, ws, rapid.SampledFrom([]string{"########", "", "2", "22222222"}).Draw(t, "pin"))
			},
			"link": func(t *rapid.T) {
				site := rapid.SampledFrom([]authn.Site{authn.SiteServer, "phone/pixel", "phone/iphone",
					"workstation/LAPTOP-7"}).Draw(t, "site")
				l.apply(authn.SetLink{Site: site,
					State: rapid.SampledFrom([]authn.Uplink{authn.Up, authn.Up, authn.Down, authn.Captive}).Draw(t, "state")})
			},
			"bluetooth": func(t *rapid.T) {
				l.apply(authn.SetLink{Site: authn.Bluetooth(person().phone, machine()),
					State: rapid.SampledFrom([]authn.Uplink{authn.Up, authn.Down}).Draw(t, "state")})
			},
			"fault": func(t *rapid.T) {
				l.apply(authn.SetFault{
					Kind:    rapid.SampledFrom([]authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper}).Draw(t, "fault"),
					Message: rapid.SampledFrom(hypr.MessageKinds()).Draw(t, "message"), Nth: 1,
				})
			},
			"forward": func(t *rapid.T) {
				l.apply(authn.AdvanceClock{By: rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second, time.Minute, day,
					7*day - time.Millisecond, 7 * day}).Draw(t, "by")})
			},
			"back": func(t *rapid.T) {
				l.apply(authn.BackClock{By: rapid.SampledFrom([]time.Duration{time.Second, time.Hour, 8 * day}).Draw(t, "by")})
			},
			"switch": func(t *rapid.T) {
				on := rapid.SampledFrom([]string{"true", "true", "false"}).Draw(t, "on")
				l.wasOff = l.wasOff || on == "false"
				l.apply(set("hypr.offline.enabled", on))
			},
			"lockout": func(t *rapid.T) { l.setLockout(rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "limit")) },
		})
	})
}

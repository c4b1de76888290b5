package sim_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/keystore"
)

// pinCard is a PIN that a phone showed, with what its set says.
type pinCard struct {
	user, phone, ws string
	pin             string
	number          uint64
	expires         time.Time
	accepted        bool
	dead            bool // its set has expired at some time, or was replaced
}

// life is a world under random actions, and a history that shares no code
// with it.
type life struct {
	t       *rapid.T
	cfg     sim.Config
	world   *sim.World
	cards   []*pinCard
	latest  map[string]uint64 // per triple: the highest set that is known to be the phone's
	refused map[authn.Code]int
}

var people = []struct{ user, phone string }{{"alice", "pixel"}, {"alice", "tablet"}, {"bob", "iphone"}}
var machines = []string{"LAPTOP-7", "DESK-1"}

func begin(t *rapid.T) *life {
	store := keystore.NewMemoryStore()
	if err := sim.Start(context.Background(), store, &monday); err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config{Store: store, Rand: streams(rapid.Uint64().Draw(t, "seed")), KDF: cheap}
	l := &life{t: t, cfg: cfg, world: sim.Open(cfg), latest: map[string]uint64{}, refused: map[authn.Code]int{}}
	l.must(authn.AddUser{Name: "alice"})
	l.must(authn.AddUser{Name: "bob"})
	for _, ws := range machines {
		l.must(authn.AddWorkstation{Name: ws, Family: authn.FamilyHYPR})
	}
	l.must(authn.SetPolicy{Settings: []authn.Setting{{Key: "hypr.offline.enabled", Value: "true"}, {Key: "hypr.pins.count", Value: "10"}, {Key: "hypr.offline.days", Value: "7"}}})
	for _, p := range people {
		l.must(authn.RegisterDevice{Name: p.phone, User: p.user})
		for _, ws := range machines {
			l.must(hypr.Pair{Phone: p.phone, Workstation: ws})
		}
	}
	return l
}

func (l *life) must(a authn.Action) authn.Outcome {
	out, err := l.world.Apply(context.Background(), a)
	if err != nil {
		l.t.Fatalf("%s: %v", a.Verb(), err)
	}
	return out
}

// apply acts, accepts a refusal, and reads the events into the history.
func (l *life) apply(a authn.Action) (authn.Outcome, *authn.Refusal) {
	before := l.counts()
	out, err := l.world.Apply(context.Background(), a)
	refusal, ok := authn.AsRefusal(err)
	if err != nil && !ok {
		l.t.Fatalf("%s: fault %v", a.Verb(), err)
	}
	if bad := note(a, out, err); bad != nil {
		l.t.Fatal(bad)
	}
	for _, e := range out.Events {
		l.read(e)
	}
	if refusal != nil {
		l.refused[refusal.Code]++
		if after := l.counts(); !grewNowhere(before, after) {
			l.t.Fatalf("%s was refused (%s) and freed something: %v, then %v", a.Verb(), refusal.Code, before, after)
		}
	}
	return out, refusal
}

// read marks what a workstation's event says of the PINs that were shown.
func (l *life) read(e authn.Event) {
	number, _ := e.Fields["number"].(int64)
	for _, c := range l.cards {
		if e.Site != authn.Workstation(c.ws) || e.Fields["phone"] != c.phone {
			continue
		}
		switch {
		case e.Kind == "pins_expired" && uint64(number) == c.number, e.Kind == "pins_deleted" && uint64(number) == c.number:
			c.dead = true
		case e.Kind == "pins_confirmed":
			l.latest[c.phone+c.ws] = max(l.latest[c.phone+c.ws], uint64(number))
		}
	}
}

// counts is what can still be had, per triple and side.
func (l *life) counts() map[string]int {
	snap, err := l.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		l.t.Fatal(err)
	}
	n := map[string]int{}
	for _, p := range snap.Phones {
		for _, c := range p.Computers {
			if c.Set != nil && !c.Set.Expired {
				n[fmt.Sprintf("phone %s %s %d", p.Name, c.Workstation, c.Set.Number)] = c.Set.Left
			}
		}
	}
	for _, w := range snap.Workstations {
		for _, a := range w.Accounts {
			for _, s := range a.Sets {
				if !s.Expired {
					n[fmt.Sprintf("ws %s %s %s %d", w.Name, a.User, s.Phone, s.Number)] = s.Left
				}
			}
		}
	}
	return n
}

func grewNowhere(before, after map[string]int) bool {
	for key, n := range after {
		if was, ok := before[key]; !ok || n > was {
			return false
		}
	}
	return true
}

func (l *life) now() time.Time {
	snap, err := l.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		l.t.Fatal(err)
	}
	return snap.Now
}

// typePIN types a text and judges what came of it against the history.
func (l *life) typePIN(user, ws, text string) {
	now := l.now()
	_, refusal := l.apply(hypr.Login{Workstation: ws, User: user, PIN: authn.NewSecret(text)})
	if refusal != nil {
		return
	}
	for _, c := range l.cards {
		if c.pin != text || c.user != user || c.ws != ws {
			continue
		}
		switch {
		case c.accepted:
			l.t.Fatalf("a PIN unlocked %s twice", ws)
		case c.dead || !now.Before(c.expires):
			l.t.Fatalf("a PIN unlocked %s at or after its expiry", ws)
		case c.number < l.latest[c.phone+ws]:
			l.t.Fatalf("a PIN of set %d unlocked after set %d was confirmed or used", c.number, l.latest[c.phone+ws])
		}
		c.accepted = true
		l.latest[c.phone+ws] = max(l.latest[c.phone+ws], c.number)
		return
	}
	l.t.Fatalf("%s took a PIN that no phone of %s showed for it", ws, user)
}

func (l *life) booksBalance(t *rapid.T) {
	snap, err := l.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		t.Fatal(err)
	}
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
			for _, s := range a.Sets {
				used := 0
				for _, card := range l.cards {
					if card.accepted && card.ws == w.Name && card.phone == s.Phone && card.number == s.Number {
						used++
					}
				}
				if s.Left != s.Of-used {
					t.Fatalf("%s keeps %d of %d after %d were used", w.Name, s.Left, s.Of, used)
				}
			}
		}
	}
}

// TestNoOrderOfActionsBreaksTheSpine plays random lives: right, wrong, old
// and other people's PINs, cuts and faults, the clock forward and back, and
// restarts. It holds H12, H20 to H25, H31 to H33, A6, A8 and A11 together.
func TestNoOrderOfActionsBreaksTheSpine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := begin(t)
		person := rapid.SampledFrom(people)
		machine := rapid.SampledFrom(machines)
		t.Repeat(map[string]func(*rapid.T){
			"": l.booksBalance,
			"tap": func(t *rapid.T) {
				l.apply(hypr.Tap{Phone: person.Draw(t, "who").phone, Workstation: machine.Draw(t, "ws")})
			},
			"unlock": func(t *rapid.T) {
				p, ws := person.Draw(t, "who"), machine.Draw(t, "ws")
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
						t.Fatalf("a PIN was shown as new twice")
					}
				}
				l.cards = append(l.cards, &pinCard{user: p.user, phone: p.phone, ws: ws, pin: r.PIN.Reveal(), number: number, expires: r.ExpiresAt})
			},
			"hide": func(t *rapid.T) { l.apply(hypr.Hide{Phone: person.Draw(t, "who").phone}) },
			"lock": func(t *rapid.T) { l.apply(hypr.Lock{Workstation: machine.Draw(t, "ws")}) },
			"type a PIN that was shown": func(t *rapid.T) {
				if len(l.cards) == 0 {
					t.Skip()
				}
				c := rapid.SampledFrom(l.cards).Draw(t, "card")
				l.apply(hypr.Lock{Workstation: c.ws})
				l.typePIN(c.user, c.ws, c.pin)
			},
			"type somebody else's PIN": func(t *rapid.T) {
				if len(l.cards) == 0 {
					t.Skip()
				}
				l.typePIN(person.Draw(t, "who").user, machine.Draw(t, "ws"), rapid.SampledFrom(l.cards).Draw(t, "card").pin)
			},
			"type a wrong PIN": func(t *rapid.T) {
				l.typePIN(person.Draw(t, "who").user, machine.Draw(t, "ws"), rapid.SampledFrom([]string{"########", "", "2", "22222222"}).Draw(t, "pin"))
			},
			"link": func(t *rapid.T) {
				site := rapid.SampledFrom([]authn.Site{authn.SiteServer, "phone/pixel", "phone/iphone", "workstation/LAPTOP-7"}).Draw(t, "site")
				l.apply(authn.SetLink{Site: site, State: rapid.SampledFrom([]authn.Uplink{authn.Up, authn.Up, authn.Down, authn.Captive}).Draw(t, "state")})
			},
			"fault": func(t *rapid.T) {
				l.apply(authn.SetFault{
					Kind:    rapid.SampledFrom([]authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper}).Draw(t, "fault"),
					Message: rapid.SampledFrom(hypr.MessageKinds()).Draw(t, "message"), Nth: 1,
				})
			},
			"forward": func(t *rapid.T) {
				l.apply(authn.AdvanceClock{By: rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second, time.Minute, day, 7*day - time.Millisecond, 7 * day}).Draw(t, "by")})
			},
			"back": func(t *rapid.T) {
				l.apply(authn.BackClock{By: rapid.SampledFrom([]time.Duration{time.Second, time.Hour, 8 * day}).Draw(t, "by")})
			},
			"switch": func(t *rapid.T) {
				l.apply(set("hypr.offline.enabled", rapid.SampledFrom([]string{"true", "true", "false"}).Draw(t, "on")))
			},
			"pair again": func(t *rapid.T) {
				l.apply(hypr.Pair{Phone: person.Draw(t, "who").phone, Workstation: machine.Draw(t, "ws")})
			},
			"restart": func(t *rapid.T) { l.world = sim.Open(l.cfg) },
		})
	})
}

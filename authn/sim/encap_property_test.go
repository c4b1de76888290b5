package sim_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
)

// ticket is a session that was started, with what the history says of it.
type ticket struct {
	encap.ChallengeResult
	code     authn.Secret // the right one, once it was made
	closed   bool         // approved, superseded or expired at some time
	approved bool
}

// bank is a world of sessions under random actions, and a history that shares
// no code with it: the right codes come from the phone with the right PIN.
type bank struct {
	t       *rapid.T
	cfg     sim.Config
	world   *sim.World
	tickets []*ticket
	wrong   map[string]int  // by phone and method, in a row
	locked  map[string]bool // by phone and method
}

const limit = 3

func openBank(t *rapid.T) *bank {
	store := memory.NewStore()
	if err := sim.Start(context.Background(), store, &monday); err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config{Families: verb.Families(), Store: store, Rand: streams(rapid.Uint64().Draw(t, "seed")), KDF: cheap,
		Alone: rapid.Bool().Draw(t, "alone")}
	b := &bank{t: t, cfg: cfg, world: sim.Open(cfg), wrong: map[string]int{}, locked: map[string]bool{}}
	b.must(authn.AddUser{Name: "alice"})
	b.must(authn.SetPolicy{Settings: []authn.Setting{setting("encap.offline.methods", "OFFLINE,OFFLINE:PIN"),
		setting("encap.otp.length", "6")}})
	for _, name := range []string{"shop", "bank"} {
		b.must(authn.AddProvider{Name: name})
	}
	for _, name := range []string{"pixel", "tablet"} {
		b.must(authn.RegisterDevice{Name: name, User: "alice"})
		b.must(encap.Activate{Phone: name, Methods: activate.Methods, PIN: onlinePIN})
		for _, m := range []encap.Method{encap.OfflinePIN, encap.Offline} {
			b.must(encap.Auth{Phone: name, Method: encap.DevicePIN, PIN: onlinePIN})
			b.must(encap.AddMethod{Phone: name, Methods: []encap.Method{m}, PIN: offlinePIN})
		}
	}
	return b
}

func (b *bank) must(a authn.Action) authn.Outcome {
	out, refusal := b.apply(a)
	if refusal != nil {
		b.t.Fatalf("%s: %v", a.Verb(), refusal)
	}
	return out
}

func (b *bank) apply(a authn.Action) (authn.Outcome, *authn.Refusal) {
	out, err := b.world.Apply(context.Background(), a)
	refusal, ok := authn.AsRefusal(err)
	if err != nil && !ok {
		b.t.Fatalf("%s: fault %v", a.Verb(), err)
	}
	if bad := note(a, out, err); bad != nil {
		b.t.Fatal(bad)
	}
	for _, e := range out.Events {
		if e.Kind == "session_expired" || e.Kind == "session_superseded" {
			for _, t := range b.tickets {
				t.closed = t.closed || t.Session == e.Fields["session"]
			}
		}
	}
	return out, refusal
}

// code lets the phone make a code with a PIN; nil if it would not.
func (b *bank) code(t *ticket, pin authn.Secret) *authn.Secret {
	b.apply(authn.Cancel{Phone: t.Phone})
	if _, refusal := b.apply(encap.Scan{Phone: t.Phone, Data: t.Data}); refusal != nil {
		return nil
	}
	code := b.must(encap.Approve{Phone: t.Phone, Method: t.Method, PIN: pin}).Result.(encap.ApproveResult).Code
	return &code
}

// types a code and judges what came of it against the history.
func (b *bank) types(t *ticket, provider string, code authn.Secret) {
	key := t.Phone + " " + string(t.Method)
	_, refusal := b.apply(encap.Verify{Provider: provider, Session: t.Session, Code: code})
	right := !t.code.Empty() && code.Equal(t.code)
	switch {
	case provider != t.Provider:
		if refusal == nil || refusal.Code != "session_closed" {
			b.t.Fatalf("another provider heard %v", refusal)
		}
	case refusal == nil:
		switch {
		case t.approved:
			b.t.Fatal("a code was taken twice")
		case t.closed:
			b.t.Fatal("a code was taken of a session that had expired or was superseded")
		case b.locked[key]:
			b.t.Fatal("a code was taken of a locked method")
		case !right:
			b.t.Fatal("a wrong code was taken")
		}
		t.approved, t.closed, b.wrong[key] = true, true, 0
	case refusal.Code == "wrong_code":
		if right && t.Method == encap.Offline || t.closed || b.locked[key] {
			b.t.Fatalf("%s for a code that was right (%v), of a session closed (%v), a method locked (%v)", refusal.Code, right,
				t.closed, b.locked[key])
		}
		b.wrong[key]++
		b.locked[key] = b.wrong[key] >= limit
	case refusal.Code == "method_locked":
		if !b.locked[key] {
			b.t.Fatalf("locked after %d", b.wrong[key])
		}
	case !t.closed:
		b.t.Fatalf("%s for an open session", refusal.Code)
	}
}

// booksBalance holds counts and locks to the history.
func (b *bank) booksBalance(t *rapid.T) {
	snap, err := b.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, l := range snap.Users[0].Locks {
		key := l.Phone + " " + l.Method
		seen[key] = l.Failures
		if l.Locked != b.locked[key] {
			t.Fatalf("%s is locked: %v, want %v", key, l.Locked, b.locked[key])
		}
	}
	for key, n := range b.wrong {
		if seen[key] != n {
			t.Fatalf("%s has %d failures, want %d", key, seen[key], n)
		}
	}
	states := map[string]string{}
	for _, p := range snap.Providers {
		for _, s := range p.Sessions {
			states[s.ID] = s.State
			if s.State == "open" && !snap.Now.Before(s.ExpiresAt) {
				t.Fatalf("%s is open at or after its expiry", s.ID)
			}
		}
	}
	for _, k := range b.tickets {
		if (states[k.Session] == "open") == k.closed || (states[k.Session] == "approved") != k.approved {
			t.Fatalf("%s is %s, which the history does not say", k.Session, states[k.Session])
		}
	}
}

// TestNoOrderOfActionsOpensASessionTwice plays random lives of sessions: right
// and wrong codes, other sessions' and providers', the clock forward and back,
// unlocks and restarts. It holds E22, E24 to E32, E35, A2, A6 and A8 together.
//
// Rules: E22, E24, E26, E29, E30, E31, E32, E35, A2, A6, A8.
func TestNoOrderOfActionsOpensASessionTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := openBank(t)
		pick := func(t *rapid.T) *ticket {
			if len(b.tickets) == 0 {
				t.Skip()
			}
			return rapid.SampledFrom(b.tickets[max(0, len(b.tickets)-5):]).Draw(t, "ticket")
		}
		t.Repeat(map[string]func(*rapid.T){
			"": b.booksBalance,
			"start": func(t *rapid.T) {
				c := encap.Challenge{
					Provider: rapid.SampledFrom([]string{"shop", "bank"}).Draw(t, "provider"),
					Phone:    rapid.SampledFrom([]string{"pixel", "tablet"}).Draw(t, "phone"),
					Method:   rapid.SampledFrom([]encap.Method{encap.Offline, encap.OfflinePIN}).Draw(t, "method"),
					Content:  rapid.StringN(0, 30, 90).Draw(t, "context"),
				}
				k := &ticket{ChallengeResult: b.must(c).Result.(encap.ChallengeResult)}
				if code := b.code(k, offlinePIN); code != nil {
					k.code = *code
				}
				b.tickets = append(b.tickets, k)
			},
			"type the right code": func(t *rapid.T) {
				k := pick(t)
				b.types(k, k.Provider, k.code)
			},
			"type the code of the wrong PIN": func(t *rapid.T) {
				k := pick(t)
				if code := b.code(k, onlinePIN); code != nil {
					b.types(k, k.Provider, *code)
				}
			},
			"type the code of another session": func(t *rapid.T) {
				k := pick(t)
				b.types(k, k.Provider, pick(t).code)
			},
			"type nonsense": func(t *rapid.T) {
				k := pick(t)
				b.types(k, k.Provider,
					authn.NewSecret(rapid.SampledFrom([]string{"", "0", "abcdef", "1234567", "١٢٣٤٥٦"}).Draw(t, "code")))
			},
			"type it at another provider": func(t *rapid.T) {
				k := pick(t)
				b.types(k, map[string]string{"shop": "bank", "bank": "shop"}[k.Provider], k.code)
			},
			"forward": func(t *rapid.T) {
				b.apply(authn.AdvanceClock{By: rapid.SampledFrom([]time.Duration{time.Second, time.Minute,
					5*time.Minute - time.Nanosecond, 5 * time.Minute}).Draw(t, "by")})
			},
			"back": func(t *rapid.T) {
				b.apply(authn.BackClock{By: rapid.SampledFrom([]time.Duration{time.Second, 6 * time.Minute, time.Hour}).Draw(t,
					"by")})
			},
			"unlock": func(t *rapid.T) {
				b.must(authn.UnlockUser{Name: "alice"})
				clear(b.wrong)
				clear(b.locked)
			},
			"restart": func(t *rapid.T) { b.world = sim.Open(b.cfg) },
		})
	})
}

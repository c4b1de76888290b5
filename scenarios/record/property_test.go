package record_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
)

// life is a random session in a recording world. It types the secrets that were
// shown so far, and wrong ones.
type life struct {
	*taped
	rng      *rand.Rand
	pins     []authn.Secret
	codes    []authn.Secret
	sessions []encap.ChallengeResult
	// bank reports whether the provider's uplink was set. That makes phones ask
	// again, which a story of hypr cannot repeat, as it has no provider.
	bank bool
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

// any returns one of the shown secrets, or one that was never shown.
func (l *life) any(shown []authn.Secret) authn.Secret {
	if len(shown) == 0 || l.rng.IntN(4) == 0 {
		return authn.NewSecret(fmt.Sprintf("%08d", l.rng.IntN(100_000_000)))
	}
	return shown[max(0, len(shown)-1-l.rng.IntN(3))]
}

// nobody returns an Action that belongs to neither product.
func (l *life) nobody() authn.Action {
	site := pick(l.rng, authn.Phone("pixel"), authn.Workstation("LAPTOP-7"), authn.SiteServer, authn.Provider("bank"),
		authn.Phone("tablet"))
	switch l.rng.IntN(7) {
	case 0, 1:
		l.bank = l.bank || site == authn.Provider("bank")
		return authn.SetLink{Site: site, State: pick(l.rng, authn.Up, authn.Up, authn.Down, authn.Captive)}
	case 2:
		return authn.SetLink{Site: authn.Bluetooth("pixel", "LAPTOP-7"), State: pick(l.rng, authn.Up, authn.Down)}
	case 3:
		return authn.AdvanceClock{By: pick(l.rng, time.Second, 4999*time.Millisecond, 5*time.Second, time.Minute,
			5*time.Minute, 25*time.Hour)}
	case 4:
		return pick[authn.Action](l.rng, authn.BackClock{By: pick(l.rng, time.Second, time.Hour)},
			authn.UnlockUser{Name: "alice"},
			authn.RestartDevice{Phone: "pixel"}, authn.FreezeClock{}, authn.RunClock{})
	case 5:
		return authn.SkewClock{Site: site, By: pick(l.rng, time.Duration(0), -7*time.Minute, time.Minute)}
	}
	return authn.SetFault{Kind: pick(l.rng, authn.Drop, authn.Replay), Message: pick(l.rng, "pin_set", "unlock_request",
		"unlock_result"), Nth: 1 + l.rng.IntN(2)}
}

// hypr returns an Action of hypr.
func (l *life) hypr() authn.Action {
	phone := pick(l.rng, "pixel", "pixel", "pixel", "tablet")
	switch l.rng.IntN(10) {
	case 0, 1:
		return hypr.Tap{Phone: phone, Workstation: "LAPTOP-7", Long: l.rng.IntN(5) == 0}
	case 2, 3:
		return hypr.Unlock{Phone: phone, Workstation: "LAPTOP-7"}
	case 4, 5, 6:
		return login(l.any(l.pins))
	case 7, 8:
		return lock
	}
	return pick[authn.Action](l.rng, hypr.Hide{Phone: phone}, authn.Cancel{Phone: phone},
		hypr.Pair{Phone: phone, Workstation: "LAPTOP-7", Passkey: l.rng.IntN(2) == 0},
		hypr.PasskeyUnlock{Phone: phone, Workstation: "LAPTOP-7"},
		authn.SetPolicy{Settings: []authn.Setting{setting("hypr.pins.length", pick(l.rng, "6", "8", "5"))}})
}

// encap returns an Action of encap.
func (l *life) encap() authn.Action {
	method := pick(l.rng, encap.OfflinePIN, encap.OfflinePIN, encap.Offline)
	switch l.rng.IntN(8) {
	case 0, 1:
		return encap.Challenge{Provider: "bank", User: "alice", Phone: "pixel", Method: method,
			Content: pick(l.rng, "Pay 1 EUR", "", "a: b # c")}
	case 2, 3:
		if len(l.sessions) > 0 {
			return encap.Scan{Phone: "pixel", Data: l.sessions[len(l.sessions)-1].Data + pick(l.rng, "", "", "", "X")}
		}
	case 4, 5:
		return encap.Approve{Phone: "pixel", Method: method,
			PIN: authn.NewSecret(pick(l.rng, "1357", "1357", "2580", "4444"))}
	case 6:
		v := encap.Verify{Provider: "bank", Code: l.any(l.codes)}
		if len(l.sessions) > 0 && l.rng.IntN(2) == 0 {
			v.Session = pick(l.rng, l.sessions...).Session
		}
		return v
	}
	return pick[authn.Action](l.rng, encap.Auth{Phone: "pixel", Method: encap.DevicePIN,
		PIN: authn.NewSecret(pick(l.rng, "2580", "9999"))},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.Offline}}, encap.Passcode{Phone: "pixel"})
}

// step applies a random Action and lets time pass.
func (l *life) step() {
	gaps := []time.Duration{0, 20 * time.Millisecond, 900 * time.Millisecond, 1700 * time.Millisecond, 4 * time.Second,
		61 * time.Second}
	gap := pick(l.rng, gaps...)
	l.host = l.host.Add(gap + time.Duration(l.rng.Int64N(int64(100*time.Millisecond))))
	a := pick(l.rng, l.nobody, l.hypr, l.hypr, l.encap)()
	out := l.do(a)
	switch r := out.Result.(type) {
	case hypr.UnlockResult:
		if !r.PIN.Empty() {
			l.pins = append(l.pins, r.PIN)
		}
	case encap.ChallengeResult:
		if r.Data != "" {
			l.sessions = append(l.sessions, r)
		}
	case encap.ApproveResult:
		if !r.Code.Empty() {
			l.codes = append(l.codes, r.Code)
		}
	}
}

// TestARecordedLifeIsToldAgain checks that the scenarios of random recordings
// pass, with a clock that follows the host's.
func TestARecordedLifeIsToldAgain(t *testing.T) {
	t.Parallel()
	lives, exact := 40, 0
	if os.Getenv("OFFAUTH_LONG") != "" {
		lives = 1000
	}
	for seed := range lives {
		l := &life{taped: newTaped(t, uint64(seed)), rng: rand.New(rand.NewPCG(uint64(seed), 7))}
		l.demo()
		l.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
		for range 5 + l.rng.IntN(40) {
			l.step()
		}
		l.host = l.host.Add(pick(l.rng, 0, 6*time.Second, 10*time.Minute))
		l.do(authn.SetLink{Site: authn.Phone("tablet"), State: authn.Up})
		open := l.waits()
		for _, family := range []authn.FamilyName{authn.FamilyHYPR, authn.FamilyEncap} {
			written := l.passingScenario(family)
			if written.Exact {
				exact++
			}
			if !open && (!l.bank || family == authn.FamilyEncap) { // a story ends steps that are pending at its end
				l.sameKinds(family, written.Result.Events)
			}
		}
		if t.Failed() {
			t.Fatalf("life %d", seed)
		}
	}
	t.Logf("%d of %d stories needed exact times", exact, 2*lives)
}

// waits reports whether a tap is still pending.
func (l *life) waits() bool {
	snap, err := l.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, d := range snap.Deadlines {
		if d.Kind == hypr.TimerOffer {
			return true
		}
	}
	return false
}

// sameKinds checks that the scenario has the same number of events of each kind of
// a family as the recording, so that the same timers fired.
func (l *life) sameKinds(family authn.FamilyName, played []authn.Event) {
	recorded, err := l.world.Events(context.Background(), authn.EventQuery{})
	if err != nil {
		l.t.Fatal(err)
	}
	of := map[authn.Kind]bool{}
	for _, k := range verb.Kinds() {
		of[k.Kind] = k.Family == family
	}
	count := map[authn.Kind]int{}
	for _, e := range recorded {
		if of[e.Kind] {
			count[e.Kind]++
		}
	}
	for _, e := range played {
		if of[e.Kind] {
			count[e.Kind]--
		}
	}
	for kind, n := range count {
		if n != 0 {
			l.t.Errorf("%s: %s was recorded %d times more than it was retold", family, kind, n)
		}
	}
}

package sim_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
)

// A story has the same PINs, codes, events and state in a world with
// Config.Alone as in a shared one. Rule: A8.
func TestAWorldThatIsAloneIsTheSameWorld_A8(t *testing.T) {
	t.Parallel()
	life := func(alone bool) ([]any, content) {
		s := empty(t)
		s.cfg.Alone = alone
		s.world = sim.Open(s.cfg)
		var told []any
		act := func(a authn.Action) authn.Outcome {
			t.Helper()
			out, err := s.apply(a)
			if r, ok := authn.AsRefusal(err); ok {
				told = append(told, r.Code)
			} else if err != nil {
				t.Fatal(err)
			}
			told = append(told, out.Result)
			return out
		}
		act(authn.AddUser{Name: "alice"})
		act(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
		act(authn.RegisterDevice{Name: "pixel", User: "alice"})
		act(authn.AddProvider{Name: "shop"})
		act(set("hypr.offline.enabled", "true"))
		act(set("encap.offline.methods", "OFFLINE"))
		act(set("encap.otp.length", "6"))
		act(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
		act(tap)
		act(lock)
		act(login(act(unlock).Result.(hypr.UnlockResult).PIN))
		act(lock)
		act(login(authn.NewSecret("22222222")))
		act(authn.SetLink{Site: "workstation/LAPTOP-7", State: authn.Down})
		act(tap)
		act(authn.SetLink{Site: "workstation/LAPTOP-7", State: authn.Up})
		act(activate)
		act(auth)
		act(add(encap.Offline, authn.Secret{}))
		c := act(encap.Challenge{Provider: "shop", User: "alice", Method: encap.Offline,
			Content: "Pay"}).Result.(encap.ChallengeResult)
		act(encap.Scan{Phone: "pixel", Data: c.Data})
		code := act(encap.Approve{Phone: "pixel", Method: encap.Offline}).Result.(encap.ApproveResult).Code
		act(verify(c, code))
		act(authn.AdvanceClock{By: 40 * 24 * time.Hour})
		act(restartPhone)
		return told, s.content()
	}
	shared, sharedState := life(false)
	alone, aloneState := life(true)
	if !reflect.DeepEqual(shared, alone) {
		t.Errorf("told %v, and %v", shared, alone)
	}
	if !reflect.DeepEqual(sharedState, aloneState) {
		t.Errorf("left %+v, and %+v", sharedState, aloneState)
	}
}

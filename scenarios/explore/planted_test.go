package explore_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/explore"
	"github.com/offauth/offauth/scenarios/player"
)

// planted is a world with a bug: bend changes what an Action gives.
type planted struct {
	explore.World
	bend func(a authn.Action, out *authn.Outcome, err error) error
}

func (p planted) Apply(ctx context.Context, a authn.Action) (authn.Outcome, error) {
	out, err := p.World.Apply(ctx, a)
	return out, p.bend(a, &out, err)
}

// plant makes worlds with a bug; each bug is made again for each world.
func plant(bug func() func(authn.Action, *authn.Outcome, error) error) func(sim.Config) explore.World {
	return func(c sim.Config) explore.World { return planted{sim.Open(c), bug()} }
}

// letIn turns a refused PIN into one that unlocks.
func letIn(a hypr.Login, out *authn.Outcome, left int64, phone string) error {
	last := &out.Events[len(out.Events)-1]
	last.Kind, last.Result, last.Rule = "unlocked", "ok", "H22"
	last.Fields = map[string]any{"phone": phone, "mode": "offline", "left": left}
	out.Result = hypr.LoginResult{Workstation: a.Workstation, User: a.User, Mode: "offline", Unlocked: true}
	return nil
}

func refusedWith(err error, code authn.Code) bool {
	r, ok := authn.AsRefusal(err)
	return ok && r.Code == code
}

// reuse accepts a used PIN again.
func reuse() func(authn.Action, *authn.Outcome, error) error {
	phone := map[string]string{}
	return func(a authn.Action, out *authn.Outcome, err error) error {
		for _, e := range out.Events {
			if p, ok := e.Fields["phone"].(string); ok && e.Kind == "unlocked" && e.Fields["mode"] == "offline" {
				phone[e.Subject] = p
			}
		}
		login, ok := a.(hypr.Login)
		if on := phone[login.User+"@"+login.Workstation]; ok && refusedWith(err, "pin_used") && on != "" {
			return letIn(login, out, 0, on)
		}
		return err
	}
}

// overstay accepts a PIN at the very instant of its expiry.
func overstay() func(authn.Action, *authn.Outcome, error) error {
	type shown struct {
		pin authn.Secret
		hypr.UnlockResult
	}
	var cards []shown
	return func(a authn.Action, out *authn.Outcome, err error) error {
		if r, ok := out.Result.(hypr.UnlockResult); ok {
			cards = append(cards, shown{r.PIN, r})
		}
		login, ok := a.(hypr.Login)
		if !ok || !refusedWith(err, "pin_expired") {
			return err
		}
		for _, c := range cards {
			if c.pin.Equal(login.PIN) && c.Workstation == login.Workstation && c.User == login.User && c.ExpiresAt.Equal(out.At) {
				return letIn(login, out, int64(c.Left), c.Phone)
			}
		}
		return err
	}
}

// lenient tells of one wrong PIN less than there were.
func lenient() func(authn.Action, *authn.Outcome, error) error {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		for i, e := range out.Events {
			if n, ok := e.Fields["failures"].(int64); ok && e.Kind == "refused" && n > 1 {
				out.Events[i].Fields["failures"] = n - 1
			}
		}
		return err
	}
}

// forgetful accepts the code of a session that another has superseded.
func forgetful() func(authn.Action, *authn.Outcome, error) error {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		v, ok := a.(encap.Verify)
		if !ok || !refusedWith(err, "session_superseded") {
			return err
		}
		last := &out.Events[len(out.Events)-1]
		last.Kind, last.Site, last.Result = "session_approved", authn.SiteServer, "ok"
		last.Fields = map[string]any{"session": v.Session, "phone": "pixel", "provider": v.Provider, "method": "OFFLINE"}
		out.Result = encap.VerifyResult{Session: v.Session, Provider: v.Provider, Approved: true}
		return nil
	}
}

// hasty tells a PIN although its write came to nothing.
func hasty() func(authn.Action, *authn.Outcome, error) error {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		var fault *authn.Fault
		if _, ok := a.(hypr.Unlock); ok && err != nil && !errors.As(err, &fault) {
			if _, refused := authn.AsRefusal(err); !refused {
				out.Result = hypr.UnlockResult{PIN: authn.NewSecret("23456789")}
			}
		}
		return err
	}
}

// broody panics when a PIN is hidden.
func broody() func(authn.Action, *authn.Outcome, error) error {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		if r, ok := out.Result.(hypr.HideResult); ok && r.Hidden {
			panic("nobody thought of that")
		}
		return err
	}
}

// again accepts a one-time password offline that was used online.
func again() func(authn.Action, *authn.Outcome, error) error {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		l, ok := a.(onespan.Logon)
		if r, _ := authn.AsRefusal(err); !ok || r == nil || r.Code != onespan.CodeReplayed || r.Fields["windows_event"] != int64(2021) {
			return err
		}
		out.Events = out.Events[len(out.Events)-1:]
		letInOTP(l, out)
		return nil
	}
}

// letInOTP turns a refused credential into one that unlocks.
func letInOTP(l onespan.Logon, out *authn.Outcome) {
	last := &out.Events[len(out.Events)-1]
	last.Kind, last.Result, last.Rule = "unlocked", "ok", "O14"
	last.Fields = map[string]any{"mode": "offline"}
	out.Result = onespan.LogonResult{Workstation: l.Workstation, User: l.User, Mode: "offline", Unlocked: true}
}

// longLived accepts offline data at the instant of its expiry, on a
// workstation whose clock is right.
func longLived() func(authn.Action, *authn.Outcome, error) error {
	ends := map[string]bool{}
	return func(a authn.Action, out *authn.Outcome, err error) error {
		for _, e := range out.Events {
			if at, ok := e.Fields["expires_at"].(string); ok {
				ends[e.Site.Name()+at] = true
			}
		}
		l, ok := a.(onespan.Logon)
		if ok && refusedWith(err, onespan.CodeDataExpired) && ends[l.Workstation+out.At.UTC().Format(time.RFC3339Nano)] {
			letInOTP(l, out)
			return nil
		}
		return err
	}
}

func TestPlantedBugsAreFoundAndCutDown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, profile, id string
		names             []string
		bug               func() func(authn.Action, *authn.Outcome, error) error
		moves             int
		expect            []string
	}{
		{"a used PIN is accepted again", "hypr", "no_pin_accepted_twice", nil, reuse, 8, []string{"refused: pin_used"}},
		{"a PIN is accepted at its expiry", "hypr", "nothing_at_or_after_expiry", nil, overstay, 6, []string{"refused: pin_expired"}},
		{"failures are counted wrongly", "hypr", "lock_exactly_at_n", []string{"lock_exactly_at_n"}, lenient, 6, []string{"refused: wrong_pin"}},
		{"a superseded session is approved", "encap", "session_once", []string{"session_once"}, forgetful, 10, []string{"refused: session_superseded"}},
		{"a PIN is told before it is spent", "hypr", "spend_before_tell", nil, hasty, 6, []string{"crashed: true"}},
		{"a one-time password is accepted again", "onespan", "no_code_accepted_twice", []string{"no_code_accepted_twice"}, again, 8, []string{"refused: code_replayed"}},
		{"offline data is accepted at its expiry", "onespan", "nothing_at_or_after_expiry", []string{"nothing_at_or_after_expiry"}, longLived, 9, []string{"refused: data_expired"}},
		{"a panic", "hypr", "no_fault", nil, broody, 5, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := explored(t, explore.Options{Profile: c.profile, Seed: 3, Runs: 400, Open: plant(c.bug), Invariants: c.names})
			f := r.Found
			if f == nil {
				t.Fatalf("not found in %d actions", r.Actions)
			}
			if f.ID != c.id || len(f.Scene.Moves) > c.moves {
				t.Errorf("found %s (%s), %d moves, %d of %d actions, %d replays:\n%s", f.ID, f.What, len(f.Scene.Moves), f.Kept, f.Drawn, f.Replays, tell(f))
			}
			last := f.Scene.Moves[len(f.Scene.Moves)-1]
			if !slices.Equal(last.Expect, c.expect) || f.Scene.Name == "" || len(f.Scene.Header) < 3 || len(f.Scene.Actors) == 0 || f.Scene.Start.IsZero() {
				t.Errorf("expects %q, want %q; %+v", last.Expect, c.expect, f.Scene)
			}
			told(t, f, memoryStore, player.Passed)
			t.Logf("run %d, %d drawn, %d kept, %d replays: %s\n%s", f.Run, f.Drawn, f.Kept, f.Replays, f.What, tell(f))
		})
	}
}

func TestALogThatIsNotTheSameTwiceIsFound(t *testing.T) {
	t.Parallel()
	n := int64(0)
	open := func(c sim.Config) explore.World {
		return planted{sim.Open(c), func(a authn.Action, out *authn.Outcome, err error) error {
			n++
			if len(out.Events) > 0 && n%50 == 0 {
				out.Events[0].Fields = map[string]any{"n": n}
			}
			return err
		}}
	}
	r := explored(t, explore.Options{Profile: "encap", Seed: 1, Runs: 60, Open: open, Invariants: []string{"old_set_dead", "none"}, Now: time.Now})
	if r.Found == nil || r.Found.ID != "same_seed_same_log" {
		t.Errorf("found %+v", r.Found)
	}
}

func TestARecordedStoryIsCutDownToWhatBreaksAnInvariant(t *testing.T) {
	t.Parallel()
	o := explore.Options{Profile: "hypr", Seed: 3, Runs: 400, Open: plant(reuse), Store: memoryStore}
	found := explored(t, o).Found
	if found == nil {
		t.Fatal("nothing was found to begin with")
	}
	scene := found.Scene
	extra := compose.Move{Action: authn.Lock{Workstation: scene.Actors[0].Name}, At: scene.Start}
	scene.Moves = append([]compose.Move{extra, extra}, scene.Moves...)
	again, err := explore.Shrink(t.Context(), o, scene)
	if err != nil || again == nil || again.ID != found.ID || again.Kept != found.Kept || again.Drawn != found.Kept+2 {
		t.Fatalf("%v, %+v", err, again)
	}
	o.Open = nil
	if sound, err := explore.Shrink(t.Context(), o, scene); err != nil || sound != nil {
		t.Errorf("the engine itself: %v, %+v", err, sound)
	}
	scene.Moves = append(scene.Moves, compose.Move{Action: encap.Passcode{Phone: "pixel"}})
	if _, err := explore.Shrink(t.Context(), o, scene); !errors.Is(err, explore.ErrOptions) {
		t.Errorf("a verb of another family: %v", err)
	}
}

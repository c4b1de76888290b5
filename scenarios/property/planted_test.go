package property_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/record"
)

// bug changes the outcome of an Action.
type bug func(a authn.Action, out *authn.Outcome, err error) error

// planted is a world with a bug.
type planted struct {
	world
	bug bug
}

func (p planted) Apply(ctx context.Context, a authn.Action) (authn.Outcome, error) {
	out, err := p.world.Apply(ctx, a)
	return out, p.bug(a, &out, err)
}

// plant returns a setup of worlds with a bug, which starts over in each process.
func plant(bug func() bug) setup {
	s := sound()
	s.open = func(c sim.Config) world { return planted{sim.Open(c), bug()} }
	return s
}

func refusedWith(err error, code authn.Code) bool {
	r, ok := authn.AsRefusal(err)
	return ok && r.Code == code
}

// unlocked turns a refused login into one that unlocks.
func unlocked(out *authn.Outcome, rule authn.RuleID, fields map[string]any, result any) error {
	last := &out.Events[len(out.Events)-1]
	last.Kind, last.Result, last.Rule, last.Fields = hypr.EventUnlocked, "ok", rule, fields
	out.Result = result
	return nil
}

func unlockedByPIN(a hypr.Login, out *authn.Outcome, left int, phone string) error {
	return unlocked(out, "H22", map[string]any{"phone": phone, "mode": "offline", "left": int64(left)},
		hypr.LoginResult{Workstation: a.Workstation, User: a.User, Mode: "offline", Unlocked: true})
}

func unlockedByCode(a onespan.Logon, out *authn.Outcome) error {
	return unlocked(out, "O14", map[string]any{"mode": "offline"},
		onespan.LogonResult{Workstation: a.Workstation, User: a.User, Mode: "offline", Unlocked: true})
}

// usedPIN accepts a used PIN again.
func usedPIN() bug {
	phone := map[string]string{}
	return func(a authn.Action, out *authn.Outcome, err error) error {
		for _, e := range out.Events {
			if p, ok := e.Fields["phone"].(string); ok && e.Kind == hypr.EventUnlocked && e.Fields["mode"] == "offline" {
				phone[e.Subject] = p
			}
		}
		login, ok := a.(hypr.Login)
		if on := phone[login.User+"@"+login.Workstation]; ok && refusedWith(err, hypr.CodePINUsed) && on != "" {
			return unlockedByPIN(login, out, 0, on)
		}
		return err
	}
}

// expiredPIN accepts a PIN at the instant of its expiry.
func expiredPIN() bug {
	var shown []hypr.UnlockResult
	return func(a authn.Action, out *authn.Outcome, err error) error {
		if r, ok := out.Result.(hypr.UnlockResult); ok {
			shown = append(shown, r)
		}
		login, ok := a.(hypr.Login)
		if !ok || !refusedWith(err, hypr.CodePINExpired) {
			return err
		}
		for _, r := range shown {
			if r.PIN.Equal(login.PIN) && r.Workstation == login.Workstation && r.User == login.User &&
				r.ExpiresAt.Equal(out.At) {
				return unlockedByPIN(login, out, r.Left, r.Phone)
			}
		}
		return err
	}
}

// oneFailureLess reports one wrong PIN too few.
func oneFailureLess() bug {
	return func(_ authn.Action, out *authn.Outcome, err error) error {
		for i, e := range out.Events {
			if n, ok := e.Fields["failures"].(int64); ok && e.Kind == authn.EventRefused && n > 1 {
				out.Events[i].Fields["failures"] = n - 1
			}
		}
		return err
	}
}

// supersededSession accepts the code of a session that another has superseded.
func supersededSession() bug {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		v, ok := a.(encap.Verify)
		if !ok || !refusedWith(err, encap.CodeSessionSuperseded) {
			return err
		}
		last := &out.Events[len(out.Events)-1]
		last.Kind, last.Site, last.Result = encap.EventSessionApproved, authn.SiteServer, "ok"
		last.Fields = map[string]any{"session": v.Session, "phone": "pixel", "provider": v.Provider, "method": "OFFLINE"}
		out.Result = encap.VerifyResult{Session: v.Session, Provider: v.Provider, Approved: true}
		return nil
	}
}

// toldBeforeSpent returns a PIN although its write failed.
func toldBeforeSpent() bug {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		if _, ok := a.(hypr.Unlock); ok && errors.Is(err, errCrash) {
			out.Result = hypr.UnlockResult{PIN: authn.NewSecret("23456789")}
		}
		return err
	}
}

// panics panics when a PIN is hidden.
func panics() bug {
	return func(_ authn.Action, out *authn.Outcome, err error) error {
		if r, ok := out.Result.(hypr.HideResult); ok && r.Hidden {
			panic("nobody thought of that")
		}
		return err
	}
}

// usedCode accepts a one-time password offline that was used online.
func usedCode() bug {
	return func(a authn.Action, out *authn.Outcome, err error) error {
		l, ok := a.(onespan.Logon)
		if r, _ := authn.AsRefusal(err); !ok || r == nil || r.Code != onespan.CodeReplayed ||
			r.Fields["windows_event"] != int64(2021) {
			return err
		}
		return unlockedByCode(l, out)
	}
}

// expiredData accepts offline data at the instant of its expiry, on a
// workstation whose clock is right.
func expiredData() bug {
	ends := map[string]bool{}
	return func(a authn.Action, out *authn.Outcome, err error) error {
		for _, e := range out.Events {
			if at, ok := e.Fields["expires_at"].(string); ok {
				ends[e.Site.Name()+at] = true
			}
		}
		l, ok := a.(onespan.Logon)
		if ok && refusedWith(err, onespan.CodeDataExpired) && ends[l.Workstation+out.At.UTC().Format(time.RFC3339Nano)] {
			return unlockedByCode(l, out)
		}
		return err
	}
}

// otherEvents emits different events in each process.
func otherEvents() func() bug {
	n := int64(0)
	return func() bug {
		return func(_ authn.Action, out *authn.Outcome, err error) error {
			n++
			for i, e := range out.Events {
				if e.Kind == authn.EventPolicySet {
					out.Events[i].Fields = map[string]any{"key": e.Fields["key"], "value": e.Fields["value"], "was": n}
				}
			}
			return err
		}
	}
}

// plantedBugs returns bugs with the invariant that finds each.
func plantedBugs() []plantedBug {
	return []plantedBug{
		{"a used PIN is accepted again", authn.FamilyHYPR, usedPIN, "no_pin_accepted_twice"},
		{"a PIN is accepted at its expiry", authn.FamilyHYPR, expiredPIN, "nothing_at_or_after_expiry"},
		{"failures are counted wrongly", authn.FamilyHYPR, oneFailureLess, "lock_exactly_at_n"},
		{"a PIN is told before it is spent", authn.FamilyHYPR, toldBeforeSpent, "spend_before_tell"},
		{"a panic", authn.FamilyHYPR, panics, "no_fault"},
		{"a superseded session is approved", authn.FamilyEncap, supersededSession, "session_once"},
		{"a one-time password is accepted again", authn.FamilyOneSpan, usedCode, "no_code_accepted_twice"},
		{"offline data is accepted at its expiry", authn.FamilyOneSpan, expiredData, "nothing_at_or_after_expiry"},
		{"the same Actions leave other events", authn.FamilyEncap, otherEvents(), "same_seed_same_log"},
	}
}

type plantedBug struct {
	name   string
	family authn.FamilyName
	bug    func() bug
	id     string
}

// find plays lives, each from a seed of its own, until one breaks an
// invariant, and counts the Actions that were drawn.
func find(s setup, f family, seed, most int) (found *drawer, actions int) {
	g := lives(s, f)
	for ; actions < most; seed++ {
		d := g.Example(seed)
		actions += d.drawn
		if len(d.broken) > 0 {
			return d, actions
		}
	}
	return nil, actions
}

func familyOf(name authn.FamilyName) family {
	return families()[slices.IndexFunc(families(), func(f family) bool { return f.name == name })]
}

// TestPlantedBugsAreFound checks that the property test finds planted bugs.
func TestPlantedBugsAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range plantedBugs() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := plant(c.bug)
			s.only = []string{c.id}
			d, actions := find(s, familyOf(c.family), 1, 20_000)
			if d == nil {
				t.Fatalf("not found in %d Actions", actions)
			}
			if d.broken[0].ID != c.id {
				t.Errorf("found %s: %s", d.broken[0].ID, d.broken[0].What)
			}
			t.Logf("found in %d Actions: %s", actions, d.broken[0].What)
		})
	}
}

// forgetful is a store that loses an unlock's update of a workstation's PIN set, and so
// forgets which PINs were used. Unlike the bugs above, it can also be used to play a
// story.
type forgetful struct{ authn.Store }

// Update implements authn.Store.
func (f forgetful) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	return f.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		batch, err := change(r)
		if !slices.ContainsFunc(batch.Append, func(e authn.Event) bool { return e.Kind == hypr.EventUnlocked }) {
			return batch, err
		}
		batch.Put = slices.DeleteFunc(batch.Put, func(rec authn.Record) bool {
			return rec.Version > 1 && rec.Site.Role() == authn.RoleWorkstation && strings.HasPrefix(rec.Name, "hypr/set/")
		})
		return batch, err
	})
}

// failing is a test that is expected to fail.
type failing struct {
	*testing.T
	log    strings.Builder
	failed bool
}

func (f *failing) Logf(format string, args ...any)   { fmt.Fprintf(&f.log, format+"\n", args...) }
func (f *failing) Errorf(format string, args ...any) { f.failed = true; f.Logf(format, args...) }
func (f *failing) Failed() bool                      { return f.failed }
func (f *failing) FailNow()                          { runtime.Goexit() }

// TestAFoundStoryFailsWithTheBugAndPassesWithoutIt tests everything together: the
// property test finds a bug, rapid shrinks the life, and the printed story fails with
// the bug and passes without it.
func TestAFoundStoryFailsWithTheBugAndPassesWithoutIt(t *testing.T) {
	t.Parallel()
	s := sound()
	s.only = []string{"no_pin_accepted_twice", "old_set_dead", "clock_back_revives_nothing"}
	s.store = func() authn.Store { return forgetful{memory.NewStore()} }
	check := &failing{T: t}
	done := make(chan bool)
	go func() {
		defer close(done)
		rapid.Check(check, holds(s, familyOf(authn.FamilyHYPR)))
	}()
	<-done
	_, text, found := strings.Cut(check.log.String(), " is broken: ")
	if !check.failed || !found {
		t.Fatalf("nothing was found, or what was is no story:\n%s", check.log.String())
	}
	_, text, _ = strings.Cut(text, "\n")
	text, _, _ = strings.Cut(text, "\nTo reproduce")
	for _, c := range []struct {
		store func() authn.Store
		want  player.Status
	}{{s.store, player.Failed}, {sound().store, player.Passed}} {
		name := regexp.MustCompile(`(?m)^name: (.*)$`).FindStringSubmatch(text)[1] + ".scenario.yaml"
		r, findings, err := record.Play(t.Context(), name, []byte(text), c.store,
			func() time.Time { return start })
		if err != nil || len(findings) > 0 || r.Status != c.want {
			t.Errorf("%v, %+v; it %s (%s), want %s: %+v\n%s", err, findings, r.Status, r.Reason, c.want, r.Failures, text)
		}
	}
	// A refusal that occurred is expected with its rule, one that should have occurred without.
	if !regexp.MustCompile(`expect: \{refused: \w+}`).MatchString(text) {
		t.Errorf("it does not expect what should have happened:\n%s", text)
	}
}

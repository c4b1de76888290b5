package sim_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
)

// errCrash is the error of an Update that crashed.
var errCrash = errors.New("the power went out")

// The moments at which a store can fail an Update.
const (
	beforeChange = "before the change"
	beforeCommit = "before it is on disk"
	afterCommit  = "after it is on disk, before it is told"
)

// crashStore is a store that fails one Update. A batch is one write, so the
// k-th Update of a story is its k-th write.
type crashStore struct {
	authn.Store
	// at is the Update that fails, counted from 1; 0 means none.
	at   int
	when string
	// n counts the Updates.
	n int
}

func (s *crashStore) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	s.n++
	if s.n != s.at {
		return s.Store.Update(ctx, change)
	}
	switch s.when {
	case beforeChange:
		return errCrash
	case beforeCommit:
		return s.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
			if _, err := change(r); err != nil {
				return authn.Batch{}, err
			}
			return authn.Batch{}, errCrash
		})
	}
	if err := s.Store.Update(ctx, change); err != nil {
		return err
	}
	return errCrash
}

// crashes gives a stage a crashStore.
func (s *stage) crashes(at int, when string) *crashStore {
	c := &crashStore{Store: s.store, at: at, when: when}
	s.cfg.Store = c
	s.world = sim.Open(s.cfg)
	return c
}

// restarts continues with a new process and a working store.
func (s *stage) restarts() {
	s.cfg.Store = s.store
	s.world = sim.Open(s.cfg)
}

// content is the content of a world without the halves of the records. HPKE
// draws its own random bytes, so they differ from run to run.
type content struct {
	Snapshot authn.Snapshot
	Versions map[authn.Key]uint64
	Timers   []authn.Timer
	Events   []authn.Event
}

func (s *stage) content() content {
	s.t.Helper()
	c := content{Snapshot: s.snap(), Versions: map[authn.Key]uint64{}}
	for _, rec := range s.records() {
		c.Versions[authn.Key{Site: rec.Site, Name: rec.Name}] = rec.Version
	}
	err := s.store.View(context.Background(), func(r authn.Reader) (err error) {
		if c.Timers, err = r.Timers(); err != nil {
			return err
		}
		c.Events, err = r.Events(authn.EventQuery{})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *stage) records() (all []authn.Record) {
	s.t.Helper()
	err := s.store.View(context.Background(), func(r authn.Reader) (err error) {
		all, err = r.Records("", "")
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// wantContent fails the test unless the world has this content.
func (s *stage) wantContent(want content, what string) {
	s.t.Helper()
	if got := s.content(); !reflect.DeepEqual(got, want) {
		s.t.Fatalf("A13: it is not as %s:\n%+v\nbut\n%+v", what, want, got)
	}
}

// crashCase is an Action, its preparation, and a check of what happens if it is
// repeated after it was stored; without a check it is simply repeated.
type crashCase struct {
	name  string
	ready func(s *stage) authn.Action
	again func(s *stage, a authn.Action)
}

func on(a authn.Action) func(*stage) authn.Action { return func(*stage) authn.Action { return a } }

// there repeats an Action and wants the fault already_there.
func there(s *stage, a authn.Action) { s.fault(a, "already_there") }

// shown returns the PIN on the phone.
func shown(s *stage) hypr.UnlockResult { return s.do(unlock).Result.(hypr.UnlockResult) }

// crashCases has Actions of every kind.
var crashCases = []crashCase{
	{"add user", on(authn.AddUser{Name: "bob"}), there},
	{"add workstation", on(authn.AddWorkstation{Name: "DESK-1", Family: authn.FamilyHYPR}), there},
	{"register device", on(authn.RegisterDevice{Name: "tablet", User: "alice"}), there},
	{"set policy", on(set("hypr.pins.count", "12")), nil},
	{"set link", on(authn.SetLink{Site: "phone/pixel", State: authn.Down}), nil},
	{"set link that lets a tap through", func(s *stage) authn.Action {
		s.link("workstation/LAPTOP-7", authn.Down)
		s.do(tap)
		return authn.SetLink{Site: "workstation/LAPTOP-7", State: authn.Up}
	}, nil},
	{"set fault", on(authn.SetFault{Kind: authn.Drop, Message: "pin_set", Nth: 1}), nil},
	{"advance clock", on(authn.AdvanceClock{By: time.Hour}), nil},
	{"advance clock past the expiry", func(s *stage) authn.Action { s.pin(); return authn.AdvanceClock{By: 31 * day} },
		nil},
	{"back clock", on(authn.BackClock{By: time.Hour}), nil},
	{"set clock", on(authn.SetClock{To: monday.Add(48 * time.Hour)}), nil},
	{"freeze clock", on(authn.FreezeClock{}), nil},
	{"run clock", func(s *stage) authn.Action {
		s.cfg.Host = func() time.Time { return monday.Add(time.Hour) }
		return authn.RunClock{}
	}, nil},
	{"skew clock", on(authn.SkewClock{Site: "phone/pixel", By: time.Minute}), nil},
	{"pair", on(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}), nil},
	{"tap", on(tap), nil},
	{"tap that waits", func(s *stage) authn.Action { s.link("workstation/LAPTOP-7", authn.Down); return tap }, nil},
	{"long tap", on(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7", Long: true}), nil},
	{"cancel", func(s *stage) authn.Action {
		s.link("workstation/LAPTOP-7", authn.Down)
		s.do(tap)
		return authn.Cancel{Phone: "pixel"}
	}, nil},
	{"unlock", on(unlock), func(s *stage, _ authn.Action) { // H19: the spent PIN is still visible
		left := s.computer().Set.Left
		first := shown(s)
		if !first.Same || s.computer().Set.Left != left {
			s.t.Fatalf("H19: the PIN that was spent is lost while it is visible: %+v", first)
		}
		s.do(hide)
		if second := shown(s); second.Same || second.PIN.Equal(first.PIN) {
			s.t.Fatal("A12: the same PIN as new twice")
		}
	}},
	{"hide", func(s *stage) authn.Action { s.do(unlock); return hide }, func(s *stage, _ authn.Action) {
		if s.do(hide).Result.(hypr.HideResult).Hidden {
			s.t.Fatal("a PIN that was hidden is visible")
		}
	}},
	{"restart of the phone", func(s *stage) authn.Action { s.do(unlock); return authn.RestartDevice{Phone: "pixel"} },
		func(s *stage, a authn.Action) {
			if s.do(a).Result.(authn.RestartDeviceResult).Hidden {
				s.t.Fatal("H18: a PIN that was hidden is visible")
			}
		}},
	{"restart of the workstation", func(s *stage) authn.Action {
		s.do(login(s.pin()))
		return authn.RestartWorkstation{Workstation: "LAPTOP-7"}
	}, func(s *stage, _ authn.Action) {
		if !s.locked() {
			s.t.Fatal("a workstation that was booted is not locked")
		}
	}},
	{"lock", func(s *stage) authn.Action { s.do(login(s.pin())); return lock }, nil},
	{"login", func(s *stage) authn.Action { return login(s.pin()) }, func(s *stage, a authn.Action) { // H23
		s.refused(a, "not_locked", "H45")
		s.do(lock)
		s.refused(a, "pin_used", "H23")
	}},
	{"login with a wrong PIN", on(login(authn.NewSecret("22222222"))), func(s *stage, a authn.Action) { // A6
		s.refused(a, "wrong_pin", "H24")
		if n := s.snap().Workstations[0].Accounts[0].Failures; n != 2 {
			s.t.Fatalf("A6: two guesses are %d failures", n)
		}
	}},
}

// TestACrashAtEveryWriteOfEveryAction fails each Update of each Action, at each
// moment: the world is as before or as after the Action, and repeating the
// Action follows the rules. Rules: A12, A13, A15.
func TestACrashAtEveryWriteOfEveryAction(t *testing.T) {
	verbs := map[string]bool{}
	for _, d := range crashCases {
		t.Run(d.name, func(t *testing.T) { d.crash(t, func(t testing.TB) *stage { return primed(t) }, verbs) })
	}
	for _, d := range onespanCases {
		t.Run("onespan "+d.name, func(t *testing.T) { d.crash(t, onespanBegun, verbs) })
	}
	for _, v := range verb.All() {
		if !verbs[v.Name] {
			t.Logf("no crash of the Action %q yet", v.Name)
		}
	}
}

// crash runs the case once for each write and moment at which the store can
// fail, always from the same state.
func (d crashCase) crash(t *testing.T, begin func(testing.TB) *stage, verbs map[string]bool) {
	t.Helper()
	// One run has no crash; the others must end like it.
	calm := begin(t)
	a := d.ready(calm)
	before := calm.content()
	verbs[a.Verb()] = true
	writes := calm.crashes(0, "")
	_, told := calm.apply(a)
	if _, ok := authn.AsRefusal(told); told != nil && !ok {
		t.Fatal(told)
	}
	calm.restarts()
	after := calm.content()
	if writes.n == 0 || reflect.DeepEqual(before, after) && d.name != "freeze clock" {
		t.Fatalf("it writes nothing, in %d writes", writes.n)
	}
	for k := 1; k <= writes.n; k++ {
		for _, when := range []string{beforeChange, beforeCommit, afterCommit} {
			s := begin(t)
			a := d.ready(s)
			s.wantContent(before, "before (the story is not the same twice)")
			records := s.records()
			s.crashes(k, when)
			if out, err := s.world.Apply(context.Background(), a); !errors.Is(err, errCrash) || len(out.Events) > 0 ||
				out.Result != nil {
				t.Fatalf("crash %s of write %d: %+v is told, with %v", when, k, out, err)
			}
			s.restarts()
			if when != afterCommit {
				s.wantContent(before, "before")
				if !reflect.DeepEqual(s.records(), records) {
					t.Fatalf("A13: a record is not as before")
				}
				if _, err := s.apply(a); (err == nil) != (told == nil) {
					t.Fatalf("done again it gives %v, not %v", err, told)
				}
				if got := s.content(); !reflect.DeepEqual(kinds(got.Events), kinds(after.Events)) {
					t.Fatalf("done again it leaves %v, not %v", kinds(got.Events), kinds(after.Events))
				}
			} else {
				s.wantContent(after, "after")
			}
			if d.again != nil {
				d.again(s, a)
			}
			gapless(t, s.content().Events)
		}
	}
}

func kinds(events []authn.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, fmt.Sprintf("%s %s %s %s", e.Site, e.Kind, e.Subject, e.Result))
	}
	return all
}

// gapless checks that the events are numbered without gaps (A15).
func gapless(t *testing.T, events []authn.Event) {
	t.Helper()
	for i, e := range events {
		if e.Seq != uint64(i+1) {
			t.Fatalf("A15: event %d has the number %d", i+1, e.Seq)
		}
	}
}

// TestACrashAtEveryWriteOfAStory tells a story from an empty world to a second
// PIN set, crashes at its k-th write for every k, and goes on with the Action
// that was cut off. Whatever k is, no PIN is shown as new twice or unlocks
// twice, and phone and workstation end with a set that both hold. Rules: A11,
// A12, A13.
func TestACrashAtEveryWriteOfAStory(t *testing.T) {
	writes := crashStory(t, 0, "").n
	if writes < 15 {
		t.Fatalf("the story has only %d writes", writes)
	}
	for k := 1; k <= writes; k++ {
		for _, when := range []string{beforeChange, beforeCommit, afterCommit} {
			t.Run(fmt.Sprintf("%s, write %d", when, k), func(t *testing.T) { crashStory(t, k, when) })
		}
	}
}

func crashStory(t *testing.T, at int, when string) *crashStore {
	t.Helper()
	s := empty(t)
	c := s.crashes(at, when)
	pins := map[string]bool{}
	// again does an Action, and repeats it if its process died.
	again := func(a authn.Action) (out authn.Outcome, died bool, err error) {
		out, err = s.world.Apply(context.Background(), a)
		if died = errors.Is(err, errCrash); died {
			s.world = sim.Open(s.cfg)
			out, err = s.world.Apply(context.Background(), a)
		}
		return out, died, err
	}
	// act wants an Action done; after a crash it may be refused as already
	// done.
	act := func(a authn.Action) authn.Outcome {
		t.Helper()
		out, died, err := again(a)
		f, isFault := authn.AsFault(err)
		r, isRefusal := authn.AsRefusal(err)
		before := died && (isFault && f.Code == "already_there" || isRefusal && r.Code == "not_locked")
		if err != nil && !before {
			t.Fatalf("%s: %v", a.Verb(), err)
		}
		return out
	}
	// dead wants a PIN to be refused.
	dead := func(rule string, pin authn.Secret) {
		t.Helper()
		_, _, err := again(login(pin))
		if r, ok := authn.AsRefusal(err); !ok || r.Code != "pin_used" && r.Code != "wrong_pin" {
			t.Fatalf("%s: a dead PIN gave %v", rule, err)
		}
	}
	show := func() authn.Secret {
		t.Helper()
		act(hide)
		r := act(unlock).Result.(hypr.UnlockResult)
		pin := r.PIN.Reveal()
		if pins[pin] {
			t.Fatalf("A12: a PIN was shown as new twice: %+v", r)
		}
		pins[pin] = true
		return r.PIN
	}
	use := func(pin authn.Secret) {
		t.Helper()
		act(lock)
		act(login(pin))
		act(lock)
		dead("A13", pin)
	}
	act(authn.AddUser{Name: "alice"})
	act(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	act(authn.RegisterDevice{Name: "pixel", User: "alice"})
	act(authn.SetPolicy{Settings: []authn.Setting{{Key: "hypr.offline.enabled", Value: "true"},
		{Key: "hypr.pins.count", Value: "10"}}})
	act(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	act(tap)
	old := show()
	use(show())
	act(tap) // a second set, which ends the first
	act(lock)
	dead("A11", old)
	use(show())
	c.at = 0
	phone, ws := s.computer().Set, s.snap().Workstations[0].Accounts[0].Sets
	if phone == nil ||
		!slices.ContainsFunc(ws, func(v authn.PINSetView) bool { return v.Number == phone.Number && v.Left == v.Of-1 }) {
		t.Fatalf("A11: the phone holds %+v, the workstation %+v", phone, ws)
	}
	gapless(t, s.content().Events)
	return c
}

package sim_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
)

// pinCard is a PIN that a phone showed, with what its set says.
type pinCard struct {
	owner
	ws       string
	pin      string
	number   uint64
	expires  time.Time
	accepted bool
	dead     bool // its set has expired at some time, or was replaced
}

// owner is a phone and whose it is.
type owner struct{ user, phone string }

// life is a world under random actions, and a history that shares no code
// with it. A pair is a phone and a workstation, or a user and a workstation,
// with a blank between.
type life struct {
	t      *rapid.T
	cfg    sim.Config
	world  *sim.World
	people []owner
	cards  []*pinCard
	wasOff bool              // Offline Mode was, once
	latest map[string]uint64 // per phone and workstation: the highest set that is known to be the phone's

	passkey  map[string]bool // per phone and workstation: the phone's pairing has one
	replaced map[string]bool // phones that were replaced
	heard    map[string]bool // per phone and workstation: the workstation knows that the phone is lost

	lockout  int            // the directory's limit, as the administrator set it
	limit    map[string]int // per user and workstation: the same as of the last online login
	failures map[string]int // per user and workstation, since the last login

	untold map[authn.Site][]authn.Event // what the audit trail is still to have of a site
}

var machines = []string{"LAPTOP-7", "DESK-1"}

func begin(t *rapid.T) *life {
	store := memory.NewStore()
	if err := sim.Start(context.Background(), store, &monday); err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config{Families: verb.Families(), Store: store, Rand: streams(rapid.Uint64().Draw(t, "seed")), KDF: cheap,
		Alone: rapid.Bool().Draw(t, "alone")}
	l := &life{
		t: t, cfg: cfg, world: sim.Open(cfg), latest: map[string]uint64{}, passkey: map[string]bool{},
		replaced: map[string]bool{}, heard: map[string]bool{},
		limit: map[string]int{}, failures: map[string]int{}, untold: map[authn.Site][]authn.Event{},
	}
	l.must(authn.AddUser{Name: "alice"})
	l.must(authn.AddUser{Name: "bob"})
	for _, ws := range machines {
		l.must(authn.AddWorkstation{Name: ws, Family: authn.FamilyHYPR})
	}
	l.must(authn.SetPolicy{Settings: []authn.Setting{{Key: "hypr.offline.enabled", Value: "true"},
		{Key: "hypr.pins.count", Value: "10"}, {Key: "hypr.offline.days", Value: "7"}}})
	l.people = []owner{{"alice", "pixel"}, {"alice", "tablet"}, {"bob", "iphone"}}
	for _, p := range l.people {
		l.must(authn.RegisterDevice{Name: p.phone, User: p.user})
		for _, ws := range machines {
			passkey := p.phone != "tablet"
			l.must(hypr.Pair{Phone: p.phone, Workstation: ws, Passkey: passkey})
			l.passkey[p.phone+" "+ws] = passkey
		}
	}
	return l
}

func (l *life) must(a authn.Action) {
	if _, refusal := l.apply(a); refusal != nil {
		l.t.Fatalf("%s: %v", a.Verb(), refusal)
	}
}

// apply acts, accepts a refusal, and reads the events into the history. What
// is refused frees nothing, and neither does a Bluetooth unlock (H37).
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
		l.deliver(e)
	}
	if refusal != nil {
		if after := l.counts(); !grewNowhere(before, after) {
			l.t.Fatalf("%s was refused (%s) and freed something: %v, then %v", a.Verb(), refusal.Code, before, after)
		}
	}
	if _, ok := a.(hypr.PasskeyUnlock); ok && !maps.Equal(before, l.counts()) {
		l.t.Fatalf("%s changed what is left: %v, then %v", a.Verb(), before, l.counts())
	}
	return out, refusal
}

// read marks what a workstation's event says of PINs, lock-outs and lost
// phones.
func (l *life) read(e authn.Event) {
	number, _ := e.Fields["number"].(int64)
	phone, _ := e.Fields["phone"].(string)
	if e.Site.Role() != authn.RoleWorkstation {
		return
	}
	ws := e.Site.Name()
	of := strings.TrimSuffix(e.Subject, "@"+ws) + " " + ws
	switch e.Kind {
	case "online_authenticated":
		if l.replaced[phone] {
			l.t.Fatalf("%s, which was replaced, logged in to %s online", phone, ws)
		}
		l.failures[of], l.limit[of] = 0, l.lockout
	case "directory_unlocked":
		l.failures[of] = 0
	case "unpaired":
		l.heard[phone+" "+ws] = true
	case "pins_confirmed":
		l.latest[phone+" "+ws] = max(l.latest[phone+" "+ws], uint64(number))
	case "pins_expired", "pins_deleted":
		for _, c := range l.cards {
			if c.ws == ws && c.phone == phone && c.number == uint64(number) {
				c.dead = true
			}
		}
	}
}

// deliver holds the audit trail against the events of the sites: each once,
// in order, none left out (H41).
func (l *life) deliver(e authn.Event) {
	if e.Kind == "audited" {
		from := authn.Site(e.Fields["from"].(string))
		if len(l.untold[from]) == 0 {
			l.t.Fatalf("the trail has event %v of %s, which has no such event, or had told it", e.Fields, from)
		}
		next := l.untold[from][0]
		l.untold[from] = l.untold[from][1:]
		if int64(next.Seq) != e.Fields["number"] || string(next.Kind) != e.Fields["event"] || next.Subject != e.Subject ||
			next.Result != e.Result {
			l.t.Fatalf("the trail has %v of %s, and next was %+v", e, from, next)
		}
	}
	told := authn.Event{Site: authn.SiteServer, Kind: "audited",
		Fields: map[string]any{"event": string(e.Kind), "from": string(e.Site)}}
	if _, ok := hypr.Trail(told); ok && (e.Site.Role() == authn.RolePhone || e.Site.Role() == authn.RoleWorkstation) {
		l.untold[e.Site] = append(l.untold[e.Site], e)
	}
}

func (l *life) snap() authn.Snapshot {
	snap, err := l.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		l.t.Fatal(err)
	}
	return snap
}

// counts is what can still be had, per triple and side.
func (l *life) counts() map[string]int {
	snap := l.snap()
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

// lockedOut reports whether the directory has locked a user out, by the history.
func (l *life) lockedOut(user, ws string) bool {
	of := user + " " + ws
	return l.limit[of] > 0 && l.failures[of] >= l.limit[of]
}

// locked reports whether a workstation is.
func locked(snap authn.Snapshot, ws string) bool {
	return slices.ContainsFunc(snap.Workstations, func(w authn.WorkstationView) bool { return w.Name == ws && w.Locked })
}

// up reports whether a link is; one that was never cut is not listed.
func up(snap authn.Snapshot, site authn.Site) bool {
	return !slices.ContainsFunc(snap.Links, func(v authn.LinkView) bool { return v.Site == site && v.State != authn.Up })
}

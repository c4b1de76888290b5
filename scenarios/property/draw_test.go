package property_test

import (
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// values maps the names of arguments, or of the fields of results, to their values.
type values = verb.Values

// mood is what a life does most often, since some states need many repetitions.
type mood int

const (
	balanced mood = iota
	draining      // many PINs or codes, few online logins
	guessing      // many wrong tries
	waiting       // cut links and deadlines
	faulty        // faults of every kind
	moods
)

// drawer draws the Actions of a life. It uses the verb table for possible Actions, the
// world for sensible ones, and the results so far for PINs, codes and sessions to type.
type drawer struct {
	*life
	t        *rapid.T
	mood     mood
	verbs    map[string]verb.Verb
	names    []string // of the verbs
	messages []string // kinds that a fault can meet
	// facts are the arguments and results of all accepted Actions, the oldest first;
	// "verb" is the verb of each.
	facts  []values
	making bool // the world is being created, without faults
	drawn  int  // Actions, without those that created the world
}

// weighted is something to do, with its weight.
type weighted struct {
	weight int
	do     func()
}

// lifeLength is the number of Actions of a life after those that create its world.
const lifeLength = 40

// lives generates lives that are played to their end, or until they break an
// invariant.
func lives(s setup, f family) *rapid.Generator[*drawer] {
	return rapid.Custom(func(t *rapid.T) *drawer {
		d := &drawer{t: t, verbs: map[string]verb.Verb{}}
		for _, known := range verb.Families() {
			if known.Name == f.name {
				d.messages = known.Messages
			}
		}
		for _, v := range verb.All() {
			if v.Action != nil && (v.Family == "" || v.Family == f.name) {
				d.verbs[v.Name] = v
				if v.Makes.Arg == "" && !strings.HasPrefix(v.Name, "clock ") || v.Name == "device replace" ||
					v.Name == "clock back" || v.Name == "clock skew" {
					d.names = append(d.names, v.Name)
				}
			}
		}
		d.mood = mood(d.below(int(moods)))
		d.life = begin(s, f, uint64(d.below(1<<16)), d.chance(1, 2))
		d.making = true
		f.prelude(d)
		d.making = false
		step := rapid.Custom(func(t *rapid.T) bool {
			d.t = t
			d.step()
			return true
		})
		for begun := len(d.moves); d.drawn < lifeLength && len(d.broken) == 0 &&
			!d.chance(1, 256); d.drawn = len(d.moves) - begun {
			step.Draw(t, "step")
			d.t = t
		}
		if len(d.broken) == 0 {
			d.broken = d.watch.End()
		}
		if len(d.broken) == 0 && d.chance(1, 25) {
			d.replay()
		}
		return d
	})
}

// below draws a number from 0 to n-1 with equal probability. It draws bits, since rapid
// prefers small numbers otherwise. It shrinks to 0.
func (d *drawer) below(n int) int {
	drawn := 0
	for size := 1; size < 4*n; size *= 2 {
		drawn *= 2
		if rapid.Bool().Draw(d.t, "bit") {
			drawn++
		}
	}
	return drawn % n
}

// chance is true in a of b draws; it shrinks to false.
func (d *drawer) chance(a, b int) bool { return d.below(b) >= b-a }

// pick draws one of a list; it shrinks to the first.
func pick[T any](d *drawer, list ...T) T { return list[d.below(len(list))] }

// choose draws one thing to do by its weight.
func (d *drawer) choose(list []weighted) {
	sum := 0
	for _, w := range list {
		sum += w.weight
	}
	at := d.below(sum)
	for _, w := range list {
		if at -= w.weight; at < 0 {
			w.do()
			return
		}
	}
}

// when returns the weight if a condition is true, and otherwise 0.
func when(is bool, weight int) int {
	if is {
		return weight
	}
	return 0
}

// step does a motif, which is a sequence of related Actions, or a single Action.
func (d *drawer) step() {
	if d.chance(1, 14) {
		d.family.motif(d)
		return
	}
	d.single()
}

// single draws a fault, any Action, or mostly an Action that is likely to be accepted.
func (d *drawer) single() {
	faults := map[mood]int{faulty: 35, waiting: 22, draining: -9}[d.mood] + 12
	switch {
	case d.chance(faults, 100):
		d.fault()
	case d.mood != draining && d.chance(1, 5) || d.chance(1, 20):
		d.act(pick(d, d.names...), nil)
	default:
		d.choose(append(d.family.likely(d), weighted{6, d.wait}, weighted{when(d.mood == waiting, 14), d.edge},
			weighted{1, d.again}))
	}
}

// again repeats an earlier Action.
func (d *drawer) again() {
	if n := len(d.moves); n > 0 {
		d.apply(d.moves[n-1-d.below(min(n, 8))].action)
	}
}

// apply applies an Action; sometimes the process dies in it.
func (d *drawer) apply(a authn.Action) bool {
	if len(d.broken) > 0 {
		return false
	}
	crash, rare := 0, 40
	if d.mood == faulty {
		rare = 12
	}
	if _, wait := a.(authn.AdvanceClock); wait {
		rare *= 4
	}
	if !d.making && d.chance(1, rare) {
		crash = 1 + d.below(2)
	}
	m := d.life.apply(a, crash)
	if m == nil || m.refusal != nil || m.crashed {
		return false
	}
	d.learn(*m)
	return true
}

// learn adds the arguments and result of an accepted Action to the facts. Those of one
// session become one fact.
func (d *drawer) learn(m move) {
	row := d.verbs[m.action.Verb()]
	fact := values{}
	results := verb.Fields(m.outcome.Result)
	if session, ok := results["session"]; ok {
		for _, known := range d.facts {
			if known["session"] == session {
				maps.Copy(fact, known)
			}
		}
	}
	maps.Copy(fact, results)
	maps.Copy(fact, row.Values(m.action))
	fact["verb"] = row.Name
	d.facts = append(d.facts, fact)
}

// told lists the facts that have a value of a name, the newest first.
func (d *drawer) told(name string) []values {
	var list []values
	for _, f := range slices.Backward(d.facts) {
		if _, ok := f[name]; ok {
			list = append(list, f)
		}
	}
	return list
}

// some draws one of a list of facts, mostly one of the newest; nil if there is none.
func (d *drawer) some(facts []values) values {
	if len(facts) == 0 {
		return nil
	}
	if d.chance(1, 2) {
		facts = facts[:min(len(facts), 3)]
	}
	return pick(d, facts...)
}

// missing stands for a value that an earlier Action did not return. An Action that needs
// it is not done.
type missing struct{}

// act does a verb. It draws the arguments that are not given, mostly from one fact so
// that they belong together.
func (d *drawer) act(name string, given values) bool {
	for _, v := range given {
		if _, none := v.(missing); none {
			return false
		}
	}
	row := d.verbs[name]
	args := maps.Clone(given)
	if args == nil {
		args = values{}
	}
	fact := values{}
	for _, arg := range row.Args {
		if _, ok := args[arg.Name]; ok {
			continue
		}
		if f := d.some(d.told(arg.Name)); f != nil && (arg.Kind == verb.Secret || arg.Kind == verb.Text &&
			len(arg.OneOf) == 0) {
			fact = f
		}
	}
	for _, arg := range row.Args {
		if _, ok := args[arg.Name]; ok {
			continue
		}
		if v := d.argument(row, arg, args, fact); v != nil {
			args[arg.Name] = v
		}
	}
	for key, v := range args {
		if v == nil {
			delete(args, key)
		}
	}
	a, err := row.Build(args)
	return err == nil && d.apply(a)
}

// argument draws an argument; nil leaves it out.
func (d *drawer) argument(row verb.Verb, arg verb.Arg, args, fact values) any {
	if v := d.family.argument(d, row, arg, args); v != nil {
		return v
	}
	if v, ok := fact[arg.Name]; ok && d.chance(7, 8) {
		return v
	}
	look, _ := d.snapshot()
	switch {
	case arg.Name == "new":
		return "phone-" + string(rune('a'+d.below(26)))
	case arg.User || row.Name == "admin user unlock":
		return d.user(look, args)
	case arg.Role == authn.RolePhone || arg.Name == "old":
		return pick(d, look.Phones...).Name
	case arg.Role == authn.RoleWorkstation && len(look.Workstations) > 0:
		return pick(d, look.Workstations...).Name
	case arg.Role == authn.RoleProvider && len(look.Providers) > 0:
		return pick(d, look.Providers...).Name
	case arg.Name == "site":
		return pick(d, d.sites(look, row.Name == "link set")...)
	case arg.Name == "message":
		return pick(d, d.messages...)
	case arg.Kind == verb.Settings:
		return []authn.Setting{d.family.change(d)}
	case arg.Kind == verb.Text && !arg.Required && d.chance(1, 2):
		return nil
	case len(arg.OneOf) > 0:
		return pick(d, arg.OneOf...)
	case arg.Kind == verb.Flag:
		return d.chance(1, 2)
	case arg.Kind == verb.Number:
		return 1 + d.below(3)
	case arg.Kind == verb.Span:
		return pick(d, time.Second, time.Minute, time.Hour, authn.Day)
	}
	return nil
}

// user draws a user, mostly that of the phone.
func (d *drawer) user(look authn.Snapshot, args values) any {
	for _, p := range look.Phones {
		if p.Name == args["phone"] && d.chance(7, 8) {
			return p.User
		}
	}
	return pick(d, look.Users...).Name
}

// sites returns every site, and the Bluetooth links between them if bluetooth is set.
func (d *drawer) sites(look authn.Snapshot, bluetooth bool) []string {
	list := []string{string(authn.SiteServer)}
	for _, w := range look.Workstations {
		list = append(list, string(authn.Workstation(w.Name)))
	}
	for _, p := range look.Phones {
		list = append(list, string(authn.Phone(p.Name)))
		for _, w := range look.Workstations {
			if bluetooth && d.chance(1, 4) {
				list = append(list, string(authn.Bluetooth(p.Name, w.Name)))
			}
		}
	}
	for _, p := range look.Providers {
		list = append(list, string(authn.Provider(p.Name)))
	}
	return list
}

// fault draws a fault of the environment.
func (d *drawer) fault() {
	look, _ := d.snapshot()
	by := pick(d, time.Second, 10*time.Second, 2*time.Minute, time.Hour, 8*authn.Day)
	cut := []string{}
	for _, link := range look.Links {
		if link.State != authn.Up {
			cut = append(cut, string(link.Site))
		}
	}
	act := func(weight int, name string, given values) weighted {
		return weighted{weight, func() { d.act(name, given) }}
	}
	list := []weighted{
		act(4, "link set", values{"state": pick(d, "down", "down", "captive")}),
		act(5, "link fault", values{"nth": pick(d, 1, 1, 1, 2)}),
		act(2, "clock back", values{"by": by}),
		act(2, "clock skew", values{"by": pick(d, 0, by, -by)}),
		act(2, "admin policy set", values{"user": nil}),
		act(2, "device restart", nil),
	}
	if len(look.Workstations) > 0 {
		list = append(list, act(2, "workstation restart", nil))
	}
	if len(cut) > 0 {
		list = append(list, act(7, "link set", values{"site": pick(d, cut...), "state": "up"}))
	}
	d.choose(list)
}

// wait moves the clock, half of the time to a deadline or just before or after one.
func (d *drawer) wait() {
	switch {
	case d.chance(1, 2):
		d.edge()
	case d.chance(1, 6): // anything from a millisecond to some days
		d.forward(time.Millisecond << d.below(30))
	default:
		d.forward(pick(d, time.Second, time.Second, 4*time.Second, 5*time.Second, 30*time.Second, time.Minute,
			5*time.Minute, time.Hour, authn.Day))
	}
}

func (d *drawer) forward(by time.Duration) bool {
	return by > 0 && d.apply(authn.AdvanceClock{By: by})
}

// edge waits for a deadline, mostly the next one, or until a millisecond before or after
// it.
func (d *drawer) edge() {
	look, _ := d.snapshot()
	if len(look.Deadlines) == 0 {
		d.forward(time.Second)
		return
	}
	at := look.Deadlines[0]
	if d.chance(1, 2) {
		at = pick(d, look.Deadlines...)
	}
	d.forward(at.At.Sub(look.Now) + d.delta())
}

// delta is a millisecond less, nothing, or a millisecond more.
func (d *drawer) delta() time.Duration {
	return pick(d, 0, -time.Millisecond, time.Millisecond)
}

// then does a part of a motif. It leaves out some parts, so that a failure shrinks to
// the necessary ones, and sometimes inserts another Action.
func (d *drawer) then(name string, given values) bool {
	switch part := d.below(64); {
	case part == 0:
		return false
	case part < 4 && !d.making:
		d.single()
	}
	return d.act(name, given)
}

// until waits in a motif for a deadline of a site, and more after that.
func (d *drawer) until(site authn.Site, kind string, more time.Duration) {
	if d.below(64) == 0 {
		return
	}
	look, _ := d.snapshot()
	for _, at := range look.Deadlines {
		if at.Site == site && at.Kind == kind {
			d.forward(at.At.Sub(look.Now) + more)
			return
		}
	}
}

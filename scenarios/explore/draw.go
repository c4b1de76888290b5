package explore

import (
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// driver knows a family: what its worlds are made of, and what is done in
// them.
type driver interface {
	family() authn.FamilyName
	// policy draws small settings, so that ends are near.
	policy(d *dice) []authn.Setting
	actors() []actor
	// prelude is what is done before the run begins, under a policy.
	prelude(d *dice, policy []authn.Setting) []step
	// likely are the steps that are probably accepted now, with weights.
	likely(k *known, d *dice, m mood) []choice
	// motif writes a few steps that lead somewhere together.
	motif(k *known, d *dice, n *notes)
	// argument draws a verb's argument that the general part does not know.
	argument(k *known, d *dice, v verb.Verb, a verb.Arg) (any, bool)
	// changes are settings that the administrator changes in mid-run.
	changes(d *dice) authn.Setting
	// messages are the kinds that faults can meet.
	messages() []string
}

// mood is what a run likes to do, so that some runs get to ends that need
// much of one thing.
type mood int

const (
	balanced mood = iota
	draining      // many PINs, few logins online
	guessing      // many wrong tries
	waiting       // cut links and deadlines
	faulty        // faults of every kind
	moods
)

// artist draws the steps of one run.
type artist struct {
	driver driver
	table  map[string]verb.Verb
	verbs  []string // those that are drawn, in order
	known  *known
	dice   *dice
	mood   mood
	ids    int    // of the last step
	queue  []step // what is left of a motif
	// deadlines returns those that are set.
	deadlines func() []authn.Deadline
}

// unmade are the verbs that make the world, or that only a running clock has.
var unmade = []string{"admin user add", "workstation add", "provider add", "device register", "world repair", "clock freeze", "clock run", "clock advance", "clock set"}

// drawn lists the verbs that are drawn.
func drawn(table map[string]verb.Verb) []string {
	var names []string
	for name := range table {
		if !slices.Contains(unmade, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// draw draws the next step: the next one of a motif, a fault, anything at all,
// or, four times of five, what is likely to be accepted.
func (a *artist) draw() step {
	d := a.dice
	if len(a.queue) == 0 && d.chance(1, 14) {
		n := &notes{id: a.id}
		a.driver.motif(a.known, d, n)
		a.queue = n.steps
	}
	if len(a.queue) > 0 && d.chance(9, 10) {
		s := a.queue[0]
		a.queue = a.queue[1:]
		return a.mortal(s)
	}
	s := a.single()
	s.id = a.id()
	return a.mortal(s)
}

func (a *artist) id() int {
	a.ids++
	return a.ids
}

// single draws a step by itself.
func (a *artist) single() step {
	d := a.dice
	faults := map[mood]int{faulty: 35, waiting: 22, draining: -9}[a.mood] + 12
	var s step
	ok := false
	switch {
	case d.n(100) < faults:
		s, ok = a.fault()
	case d.chance(1, 5) && a.mood != draining || d.chance(1, 20):
		s, ok = a.any(pick(d, a.verbs...))
	}
	if !ok {
		s, ok = choose(d, append(a.driver.likely(a.known, d, a.mood), choice{6, a.wait}, choice{boolWeight(a.mood == waiting, 14), a.edge}))
	}
	if !ok {
		s = a.wait()
	}
	return s
}

// mortal lets the process die in some steps.
func (a *artist) mortal(s step) step {
	d := a.dice
	s.crash = 0
	if d.chance(1, 40) || a.mood == faulty && d.chance(1, 12) {
		s.crash = 1 + d.n(2)
	}
	if s.isWait() && d.chance(3, 4) {
		s.crash = 0
	}
	return s
}

func boolWeight(is bool, weight int) int {
	if is {
		return weight
	}
	return 0
}

// wait draws how far the clock moves: half of the times to a deadline, or
// just before or behind one.
func (a *artist) wait() step {
	if a.dice.chance(1, 2) {
		return a.edge()
	}
	if a.dice.chance(1, 6) { // anything from a millisecond to some days
		return step{wait: wait{span: time.Millisecond << a.dice.n(30)}}
	}
	return step{wait: wait{span: pick(a.dice, time.Second, time.Second, 4*time.Second, 5*time.Second, 30*time.Second, time.Minute, 5*time.Minute, time.Hour, 24*time.Hour)}}
}

// edge is a wait for a deadline.
func (a *artist) edge() step {
	list := a.deadlines()
	if len(list) == 0 {
		return step{wait: wait{span: time.Second}}
	}
	at := list[a.dice.n(len(list))]
	if a.known.waiting || a.dice.chance(1, 2) { // the next one, most of the times
		at = list[0]
	}
	return step{wait: wait{site: at.Site, kind: at.Kind, delta: pick(a.dice, -time.Millisecond, 0, time.Millisecond)}}
}

// fault draws something that goes wrong around the products.
func (a *artist) fault() (step, bool) {
	d, k := a.dice, a.known
	do := func(name string, values verb.Values) func() step {
		return func() step { return step{verb: name, values: values} }
	}
	by := pick(d, time.Second, 10*time.Second, 2*time.Minute, time.Hour, 8*24*time.Hour)
	list := []choice{
		{4, do("link set", verb.Values{"site": pick(d, k.sites()...), "state": pick(d, "down", "down", "captive")})},
		{5, do("link fault", verb.Values{"fault": pick(d, "drop", "replay", "tamper"), "message": pick(d, a.driver.messages()...), "nth": pick(d, 1, 1, 1, 2)})},
		{2, do("clock back", verb.Values{"by": by})},
		{2, do("clock skew", verb.Values{"site": pick(d, k.sites()...), "by": pick(d, 0, by, -by)})},
		{2, func() step {
			s := a.driver.changes(d)
			return step{verb: "admin policy set", values: verb.Values{"settings": []authn.Setting{s}}}
		}},
	}
	if cut := k.cut(); len(cut) > 0 {
		list = append(list, choice{7, do("link set", verb.Values{"site": pick(d, cut...), "state": "up"})})
	}
	for _, name := range a.verbs {
		if name == "device restart" || name == "workstation restart" {
			list = append(list, choice{2, func() step { s, _ := a.any(name); return s }})
		}
	}
	return choose(d, list)
}

// any draws a verb with any arguments at all.
func (a *artist) any(name string) (step, bool) {
	v, ok := a.table[name]
	if !ok {
		return step{}, false
	}
	s := step{verb: name, values: verb.Values{}}
	for _, arg := range v.Args {
		value, ok := a.driver.argument(a.known, a.dice, v, arg)
		if !ok {
			value, ok = a.argument(v, arg)
		}
		if ok {
			s.values[arg.Name] = value
		} else if arg.Required {
			return step{}, false
		}
	}
	return s, true
}

// argument draws what every family has.
func (a *artist) argument(v verb.Verb, arg verb.Arg) (any, bool) {
	d, k := a.dice, a.known
	switch {
	case arg.Name == "phone" || arg.Name == "old":
		return pick(d, k.phones...).name, true
	case arg.Name == "new":
		return "phone-" + string(rune('a'+d.n(26))), true
	case arg.Name == "workstation" && len(k.workstations) > 0:
		return pick(d, k.workstations...), true
	case arg.Name == "provider" && len(k.providers) > 0:
		return pick(d, k.providers...), true
	case arg.Name == "user" || v.Name == "admin user unlock" && arg.Name == "name":
		return pick(d, k.users...), true
	case arg.Name == "site" && v.Name == "link set" && len(k.workstations) > 0 && d.chance(1, 3):
		return string(authn.Bluetooth(pick(d, k.phones...).name, pick(d, k.workstations...))), true
	case arg.Name == "site":
		return pick(d, k.sites()...), true
	case arg.Name == "message":
		return pick(d, a.driver.messages()...), true
	case arg.Kind == verb.Settings:
		return []authn.Setting{a.driver.changes(d)}, true
	case len(arg.OneOf) > 0:
		return pick(d, arg.OneOf...), true
	case arg.Kind == verb.Flag:
		return d.chance(1, 2), true
	case arg.Kind == verb.Number:
		return 1 + d.n(3), true
	case arg.Kind == verb.Span:
		return pick(d, time.Second, time.Minute, time.Hour, 24*time.Hour), true
	}
	return nil, false
}

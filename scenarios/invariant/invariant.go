package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// Invariant is one thing that must always hold.
type Invariant struct {
	// ID is its name, such as "no_pin_accepted_twice".
	ID string
	// Sentence says what must hold.
	Sentence string
	// Rules are those that it stands for.
	Rules []authn.RuleID
	// Family is empty where it is about more than one.
	Family authn.FamilyName
}

// The invariants that no history of one run can judge; the property test does (scenarios/property).
const (
	SpendBeforeTell = "spend_before_tell"
	SameSeedSameLog = "same_seed_same_log"
	NoFault         = "no_fault"
)

// Check is an invariant with the functions that judge it. Each returns what it
// found broken, or nil.
type Check struct {
	Invariant
	// want and kind are the Want and the Kind of a Broken that has neither.
	want authn.Code
	kind authn.Kind
	// event judges an event before it is entered in the book.
	event func(authn.Event) *Broken
	// after judges the book when all events of an Action are entered.
	after func() *Broken
	// end judges it when the run is over.
	end func() *Broken
}

// NewCheck returns a check of each event before it is entered, and of the book
// after each Action; either function may be nil.
func NewCheck(id, sentence string, event func(authn.Event) *Broken, after func() *Broken,
	rules ...authn.RuleID) Check {
	return Check{Invariant: Invariant{ID: id, Sentence: sentence, Rules: rules}, event: event, after: after}
}

// Wants returns the check with the code with which an Action should have been refused.
func (c Check) Wants(code authn.Code) Check {
	c.want = code
	return c
}

// Ends returns the check with a function that judges the book when the run is over.
func (c Check) Ends(end func() *Broken) Check {
	c.end = end
	return c
}

// About returns the check with the kind of event that is too much or missing.
func (c Check) About(kind authn.Kind) Check {
	c.kind = kind
	return c
}

// Family is what must always hold of one family. Only Name and Open are
// required.
type Family struct {
	Name authn.FamilyName
	// Frees are the events that no refused Action leaves.
	Frees []authn.Kind
	// Offline reports whether an Action is done without the network.
	Offline func(authn.Action) bool
	// Timed are the events of the server that time brings about, so that they
	// may come with an Action that is done offline.
	Timed []authn.Kind
	// Open opens the family's book of a new world, on top of the common one.
	Open func(*Book) Part
}

// Part is a family's book of one world, and the checks that judge by it. It
// keeps the book whatever the family of the world's story is. The functions may
// be nil.
type Part struct {
	Checks []Check
	// Begin takes an Action (Book.Seen) before its events, Enter each event
	// once it is judged, and End what the Action gave.
	Begin func()
	Enter func(authn.Event)
	End   func()
}

// open opens the books of a new world. The checks are those of every family,
// then each family's own.
func open(families []Family) *History {
	h := &History{book: newBook(families)}
	h.checks = h.book.checks()
	for _, f := range families {
		part := f.Open(h.book)
		h.parts = append(h.parts, part)
		for _, c := range part.Checks {
			c.Family = f.Name
			h.checks = append(h.checks, c)
		}
	}
	return h
}

// All lists the invariants of families, those of one ID once.
func All(families []Family) []Invariant {
	var all []Invariant
	for _, c := range open(families).checks {
		i := slices.IndexFunc(all, func(known Invariant) bool { return known.ID == c.ID })
		if i < 0 {
			all = append(all, c.Invariant)
			continue
		}
		if all[i].Family != c.Family {
			all[i].Family = ""
		}
		for _, rule := range c.Rules {
			if !slices.Contains(all[i].Rules, rule) {
				all[i].Rules = append(slices.Clone(all[i].Rules), rule)
			}
		}
	}
	return append(all,
		Invariant{ID: SpendBeforeTell, Rules: []authn.RuleID{"A13"},
			Sentence: "after a crash at any write, nothing that was shown or accepted is fresh to the store"},
		Invariant{ID: SameSeedSameLog, Rules: []authn.RuleID{"A8"},
			Sentence: "the same Actions under the same seed leave the same events"},
		Invariant{ID: NoFault, Rules: []authn.RuleID{"A13"},
			Sentence: "an Action is done or refused; none ends in a fault of offauth itself"})
}

// New returns the History of a world, held to the invariants of one of the
// families that are named; "all" and no name at all mean every one, "none"
// none. An unknown name is an error, one sentence. The History must be told of
// every Action of its world, from the first one on.
func New(families []Family, family authn.FamilyName, names []string) (*History, error) {
	var known []string
	for _, i := range All(families) {
		known = append(known, i.ID)
	}
	for _, name := range names {
		if name != "all" && name != "none" && !slices.Contains(known, name) {
			return nil, fmt.Errorf("no invariant is called %q; there are: %s", name, strings.Join(known, ", "))
		}
	}
	all := len(names) == 0 || slices.Contains(names, "all")
	h := open(families)
	h.checks = slices.DeleteFunc(h.checks, func(c Check) bool {
		return c.Family != "" && c.Family != family || !all && !slices.Contains(names, c.ID)
	})
	h.found = make([]*Broken, len(h.checks))
	return h, nil
}

// History is what has happened in one world so far, with the checks that
// judge it.
type History struct {
	book   *Book
	parts  []Part
	checks []Check
	found  []*Broken // by check: what this Action has broken
}

var _ Watcher = (*History)(nil)

// See implements Watcher.
func (h *History) See(s Seen) []Broken {
	h.book.begin(s)
	for _, p := range h.parts {
		if p.Begin != nil {
			p.Begin()
		}
	}
	clear(h.found)
	for _, e := range s.Outcome.Events {
		for i, c := range h.checks {
			if c.event != nil && h.found[i] == nil {
				h.found[i] = c.event(e)
			}
		}
		h.enter(e)
	}
	for _, p := range h.parts {
		if p.End != nil {
			p.End()
		}
	}
	for i, c := range h.checks {
		if c.after != nil && h.found[i] == nil {
			h.found[i] = c.after()
		}
	}
	return h.broken()
}

// enter enters an event in every book.
func (h *History) enter(e authn.Event) {
	h.book.enter(e)
	for _, p := range h.parts {
		if p.Enter != nil {
			p.Enter(e)
		}
	}
}

// End implements Watcher.
func (h *History) End() []Broken {
	clear(h.found)
	for i, c := range h.checks {
		if c.end != nil {
			h.found[i] = c.end()
		}
	}
	return h.broken()
}

// broken returns what was found.
func (h *History) broken() []Broken {
	var all []Broken
	for i, b := range h.found {
		if b == nil {
			continue
		}
		c := h.checks[i]
		b.ID, b.Rules, b.Sentence, b.N = c.ID, c.Rules, c.Sentence, h.book.Seen.N
		if b.Want == "" && b.Kind == "" {
			b.Want, b.Kind = c.want, c.kind
		}
		all = append(all, *b)
	}
	return all
}

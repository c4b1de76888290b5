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

// check is an invariant with the functions that judge it. Each returns what it
// found broken, or nil.
type check struct {
	Invariant
	// want and kind are the Want and the Kind of a Broken that has neither.
	want authn.Code
	kind authn.Kind
	// event judges an event before it is entered in the book.
	event func(*book, authn.Event) *Broken
	// after judges the book when all events of an Action are entered.
	after func(*book) *Broken
	// end judges it when the run is over.
	end func(*book) *Broken
}

// wants returns the check with a want.
func (c check) wants(code authn.Code) check {
	c.want = code
	return c
}

// ends returns the check with an end.
func (c check) ends(end func(*book) *Broken) check {
	c.end = end
	return c
}

// about returns the check with a kind.
func (c check) about(kind authn.Kind) check {
	c.kind = kind
	return c
}

// checks is the table: what is of every family, then each family's own.
func checks() []check {
	return slices.Concat(commonChecks(), hyprChecks(), encapChecks(), onespanChecks())
}

// All lists the invariants, those of one ID once.
func All() []Invariant {
	var all []Invariant
	for _, c := range checks() {
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

// New returns a Watcher for the invariants of a family that are named; "all"
// and no name at all mean every one, "none" none. An unknown name is an
// error, one sentence. The Watcher must be told of every Action of its world,
// from the first one on.
func New(family authn.FamilyName, names []string) (*History, error) {
	h := &History{book: newBook()}
	var known []string
	for _, i := range All() {
		known = append(known, i.ID)
	}
	for _, name := range names {
		if name != "all" && name != "none" && !slices.Contains(known, name) {
			return nil, fmt.Errorf("no invariant is called %q; there are: %s", name, strings.Join(known, ", "))
		}
	}
	all := len(names) == 0 || slices.Contains(names, "all")
	for _, c := range checks() {
		if (c.Family == "" || c.Family == family) && (all || slices.Contains(names, c.ID)) {
			h.checks = append(h.checks, c)
		}
	}
	h.found = make([]*Broken, len(h.checks))
	return h, nil
}

// History is what has happened in one world so far, with the checks that
// judge it.
type History struct {
	book   *book
	checks []check
	found  []*Broken // by check: what this Action has broken
}

var _ Watcher = (*History)(nil)

// See implements Watcher.
func (h *History) See(s Seen) []Broken {
	h.book.begin(s)
	clear(h.found)
	for _, e := range s.Outcome.Events {
		for i, c := range h.checks {
			if c.event != nil && h.found[i] == nil {
				h.found[i] = c.event(h.book, e)
			}
		}
		h.book.enter(e)
	}
	h.book.end()
	for i, c := range h.checks {
		if c.after != nil && h.found[i] == nil {
			h.found[i] = c.after(h.book)
		}
	}
	return h.broken()
}

// End implements Watcher.
func (h *History) End() []Broken {
	clear(h.found)
	for i, c := range h.checks {
		if c.end != nil {
			h.found[i] = c.end(h.book)
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
		b.ID, b.Rules, b.Sentence, b.N = c.ID, c.Rules, c.Sentence, h.book.seen.N
		if b.Want == "" && b.Kind == "" {
			b.Want, b.Kind = c.want, c.kind
		}
		all = append(all, *b)
	}
	return all
}

// Names lists the invariants that are checked, each once.
func (h *History) Names() []string {
	var names []string
	for _, c := range h.checks {
		if !slices.Contains(names, c.ID) {
			names = append(names, c.ID)
		}
	}
	return names
}

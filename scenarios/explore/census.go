package explore

import (
	"maps"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/invariant"
)

// census counts what an exploration has met.
type census struct {
	family   authn.FamilyName
	reached  map[string]int
	edges    map[string]int
	refusals map[string]int
	names    []string
	crashes  [2]int // before the write was on disk, and after
}

func newCensus(family authn.FamilyName, table map[string]verb.Verb) *census {
	c := &census{family: family, reached: map[string]int{}, edges: map[string]int{}, refusals: map[string]int{}}
	for name, v := range table {
		if slices.Contains(unmade, name) {
			continue
		}
		for _, code := range v.Refusals {
			c.refusals[name+" "+string(code)] = 0
		}
	}
	return c
}

func (c *census) count(p played) {
	if p.edge != "" && p.refusal == nil {
		c.edges[p.edge]++
	}
	if p.crashed {
		c.crashes[p.step.crash-1]++
	}
	if p.refusal != nil {
		c.refusals[p.action.Verb()+" "+string(p.refusal.Code)]++
	}
}

// states adds what a run has reached, and keeps the names of what was held.
func (c *census) states(h *invariant.History) {
	for id, n := range h.Reached() {
		c.reached[id] += n
	}
	c.names = h.Names()
}

// fill writes the census into a result.
func (c *census) fill(r *Result) {
	r.Invariants = append(slices.Clone(c.names), invariant.SpendBeforeTell, invariant.SameSeedSameLog, invariant.NoFault)
	for _, s := range invariant.States(c.family) {
		r.States = append(r.States, Count{s.ID, s.Sentence, c.reached[s.ID]})
	}
	r.States = append(r.States,
		Count{"crash_before_the_write", "the process died before the write was on disk", c.crashes[0]},
		Count{"crash_between_spend_and_tell", "the process died after the write was on disk and before anything was told", c.crashes[1]})
	for _, name := range slices.Sorted(maps.Keys(c.edges)) {
		r.Edges = append(r.Edges, Count{Name: name, N: c.edges[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(c.refusals)) {
		r.Refusals = append(r.Refusals, Count{Name: name, N: c.refusals[name]})
	}
}

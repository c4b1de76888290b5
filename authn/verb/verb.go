package verb

import (
	"cmp"
	"reflect"
	"slices"
	"sync/atomic"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/sim"
)

// The types of a row. They are in authn/family, so that a family can have its
// own rows.
type (
	Verb    = family.Verb
	Arg     = family.Arg
	ArgKind = family.ArgKind
	Values  = family.Values
	Makes   = family.Makes
)

// The types of arguments.
const (
	Name     = family.ArgName
	Text     = family.ArgText
	Secret   = family.ArgSecret
	Flag     = family.ArgFlag
	Number   = family.ArgNumber
	Span     = family.ArgSpan
	Instant  = family.ArgInstant
	Settings = family.ArgSettings
	List     = family.ArgList
)

// Fields returns the values of a result by the names that --json gives them.
func Fields(result any) map[string]any { return family.Fields(result) }

// Of returns the row with the type of an Action. A nil Action has none.
func Of(a authn.Action) (Verb, bool) {
	if a == nil {
		return Verb{}, false
	}
	all := All()
	i := slices.IndexFunc(all, func(v Verb) bool {
		if v.Action == nil {
			return v.Name == a.Verb()
		}
		return reflect.TypeOf(v.Action) == reflect.TypeOf(a)
	})
	if i < 0 {
		return Verb{}, false
	}
	return all[i], true
}

// All returns the table: first the verbs of no family, then those of each
// family. The rows are shared by all callers.
func All() []Verb {
	if rows := table.Load(); rows != nil {
		return slices.Clip(*rows)
	}
	all := slices.Concat(world(), surroundings())
	for _, f := range Families() {
		all = append(all, f.Verbs...)
	}
	table.Store(&all)
	return slices.Clip(all)
}

// table caches the rows of All, which each command looks its own up in; nil
// before the first call, and again when a test registers a family.
var table atomic.Pointer[[]Verb]

// Anytime returns the events that any verb can cause beside its own: its
// refusal, and the events of due timers and of the host's clock.
func Anytime() []authn.Kind {
	return left("", []authn.Kind{authn.EventRefused, authn.EventClockWentBack})
}

// Find returns the verb with a spelling, among those of a family and of no
// family. Two families may use the same spelling.
func Find(name string, family authn.FamilyName) (Verb, bool) {
	all := All()
	i := slices.IndexFunc(all, func(v Verb) bool { return v.Name == name && (v.Family == family || v.Family == "") })
	if i < 0 {
		return Verb{}, false
	}
	return all[i], true
}

// Codes returns every refusal and fault of the core, sorted by code. A code of
// two families has two rows.
func Codes() []authn.CodeSpec {
	var codes []authn.CodeSpec
	for _, f := range Families() {
		codes = append(codes, f.Codes...)
	}
	codes = append(codes, sim.Codes()...)
	slices.SortStableFunc(codes, func(a, b authn.CodeSpec) int { return cmp.Compare(a.Code, b.Code) })
	return codes
}

// Kinds returns every kind of event, sorted by name.
func Kinds() []authn.KindSpec {
	var kinds []authn.KindSpec
	for _, f := range Families() {
		kinds = append(kinds, f.Kinds...)
	}
	kinds = append(kinds, sim.Kinds()...)
	slices.SortStableFunc(kinds, func(a, b authn.KindSpec) int { return cmp.Compare(a.Kind, b.Kind) })
	return kinds
}

package sim

import (
	"reflect"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// routes finds the family that an Action, a message or a timer belongs to.
type routes struct {
	families           []family.Family
	byName             map[authn.FamilyName]family.Family
	byAction           map[reflect.Type]family.Family
	byMessage, byTimer map[string]family.Family
	slow               map[reflect.Type]bool
}

func routesOf(families []family.Family) routes {
	r := routes{
		families: families, byName: map[authn.FamilyName]family.Family{}, byAction: map[reflect.Type]family.Family{},
		byMessage: map[string]family.Family{}, byTimer: map[string]family.Family{}, slow: map[reflect.Type]bool{},
	}
	for _, f := range families {
		r.byName[f.Name] = f
		for _, v := range f.Verbs {
			r.byAction[reflect.TypeOf(v.Action)] = f
			r.slow[reflect.TypeOf(v.Action)] = v.Slow
		}
		for _, kind := range f.Messages {
			r.byMessage[kind] = f
		}
		for _, kind := range f.Timers {
			r.byTimer[kind] = f
		}
	}
	return r
}

// mayBeSlow reports whether an Action is rehearsed: it may check a PIN, or make
// a PIN set or offline data.
func (r routes) mayBeSlow(a authn.Action) bool {
	_, link := a.(authn.SetLink) // may complete an online login
	return link || r.slow[reflect.TypeOf(a)]
}

// first returns the first family for which is returns true.
func (r routes) first(is func(family.Family) bool) (family.Family, bool) {
	for _, f := range r.families {
		if is(f) {
			return f, true
		}
	}
	return family.Family{}, false
}

// enrols returns the first family that has sites of a role.
func (r routes) enrols(role authn.Role) (family.Family, bool) {
	return r.first(func(f family.Family) bool { _, ok := f.Enrolments[role]; return ok })
}

// withWorkstations lists the families that have workstations.
func (r routes) withWorkstations() string {
	var names []string
	for _, f := range r.families {
		if _, ok := f.Enrolments[authn.RoleWorkstation]; ok {
			names = append(names, string(f.Name))
		}
	}
	return strings.Join(names, ", ")
}

package player

import (
	"reflect"
	"sync"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// tables are the verb table, indexed. It is built once a process: the table
// itself makes its rows again at each call.
type tables struct {
	byName map[nameKey]verb.Verb
	byType map[reflect.Type]verb.Verb
}

type nameKey struct {
	family authn.FamilyName
	name   string
}

var verbs = sync.OnceValue(func() tables {
	t := tables{byName: map[nameKey]verb.Verb{}, byType: map[reflect.Type]verb.Verb{}}
	for _, v := range verb.All() {
		t.byName[nameKey{v.Family, v.Name}] = v
		if v.Action != nil {
			t.byType[reflect.TypeOf(v.Action)] = v
		}
	}
	return t
})

// find looks a verb up among those of a family and of none.
func (t tables) find(name string, family authn.FamilyName) (verb.Verb, bool) {
	if v, ok := t.byName[nameKey{family, name}]; ok {
		return v, true
	}
	v, ok := t.byName[nameKey{"", name}]
	return v, ok
}

// of finds the row of an Action.
func (t tables) of(a authn.Action) verb.Verb { return t.byType[reflect.TypeOf(a)] }

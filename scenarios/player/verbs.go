package player

import (
	"reflect"
	"sync"

	"github.com/offauth/offauth/authn/verb"
)

// verbs finds the row of an Action by its type. It is built once a process: the
// table makes its rows again at each call.
var verbs = sync.OnceValue(func() map[reflect.Type]verb.Verb {
	rows := map[reflect.Type]verb.Verb{}
	for _, v := range verb.All() {
		if v.Action != nil {
			rows[reflect.TypeOf(v.Action)] = v
		}
	}
	return rows
})

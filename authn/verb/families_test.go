package verb_test

import (
	"reflect"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// TestFamiliesShareNothing: a world finds the family of an Action, a message or
// a timer by its type or kind alone.
func TestFamiliesShareNothing(t *testing.T) {
	t.Parallel()
	owners := map[any]authn.FamilyName{}
	own := func(what any, by authn.FamilyName) {
		if other, taken := owners[what]; taken {
			t.Errorf("%v is of %s and of %s", what, other, by)
		}
		owners[what] = by
	}
	for _, f := range verb.Families() {
		own(f.Name, f.Name)
		for _, v := range f.Verbs {
			own(reflect.TypeOf(v.Action), f.Name)
		}
		for _, kind := range f.Messages {
			own("message "+kind, f.Name)
		}
		for _, kind := range f.Timers {
			own("timer "+kind, f.Name)
		}
		if len(f.Verbs) > 0 && f.Act == nil || len(f.Messages) > 0 && f.Receive == nil || len(f.Timers) > 0 && f.Fire == nil {
			t.Errorf("%s has Actions, messages or timers without their hook", f.Name)
		}
		if _, ok := f.Enrolments[authn.RoleWorkstation]; ok && (f.On.Lock == nil || f.On.Restarted == nil) {
			t.Errorf("%s has workstations that cannot be locked or restarted", f.Name)
		}
		if f.Rules == "" || f.Sample.Text == "" {
			t.Errorf("%s has no rules or no sample story", f.Name)
		}
	}
}

package sim_test

import (
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// note checks an outcome against the verb table and the table of events.
func note(a authn.Action, out authn.Outcome, err error) error {
	v, ok := verb.Of(a)
	if !ok {
		return fmt.Errorf("%s is not in the verb table", a.Verb())
	}
	if r, ok := authn.AsRefusal(err); ok {
		if !slices.Contains(v.Refusals, r.Code) {
			return fmt.Errorf("%s was refused with %s, which its row does not list", v.Name, r.Code)
		}
		if rule, ok := authn.RuleByID(r.Rule); !ok {
			return fmt.Errorf("%s names the rule %q, which there is not", r.Code, rule.ID)
		}
	}
	for _, e := range out.Events {
		if !slices.Contains(v.Events, e.Kind) && !slices.Contains(verb.Anytime(), e.Kind) {
			return fmt.Errorf("%s left %s, which its row does not list", v.Name, e.Kind)
		}
		i := slices.IndexFunc(verb.Kinds(), func(k authn.KindSpec) bool { return k.Kind == e.Kind })
		if i < 0 {
			return fmt.Errorf("%s is not in the table of events", e.Kind)
		}
		for field := range e.Fields {
			if !slices.Contains(verb.Kinds()[i].Fields, field) {
				return fmt.Errorf("%s has the field %s, which its row does not list", e.Kind, field)
			}
		}
	}
	return nil
}

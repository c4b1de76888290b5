package sim_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// seen collects, over all tests of this package, which verbs were refused how
// and which events were left, to hold the verb table against the code.
var seen = struct {
	sync.Mutex
	refusals map[string]bool
	events   map[authn.Kind]map[string]bool
}{refusals: map[string]bool{}, events: map[authn.Kind]map[string]bool{}}

// note checks one outcome against the verb table and the table of events.
func note(a authn.Action, out authn.Outcome, err error) error {
	v, ok := verb.Of(a)
	if !ok {
		return fmt.Errorf("%s is not in the verb table", a.Verb())
	}
	seen.Lock()
	defer seen.Unlock()
	if r, ok := authn.AsRefusal(err); ok {
		if !slices.Contains(v.Refusals, r.Code) {
			return fmt.Errorf("%s was refused with %s, which its row does not list", v.Name, r.Code)
		}
		if rule, ok := authn.RuleByID(r.Rule); !ok {
			return fmt.Errorf("%s names the rule %q, which there is not", r.Code, rule.ID)
		}
		seen.refusals[v.Name+" "+string(r.Code)] = true
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
		if seen.events[e.Kind] == nil {
			seen.events[e.Kind] = map[string]bool{}
		}
		for field := range e.Fields {
			seen.events[e.Kind][field] = true
		}
	}
	return nil
}

// TestMain holds the other direction: what the tables list, some test here
// has seen.
//
// Of the random lives it plays thirty a test, unless it is told how many:
// OFFAUTH_LONG=1 leaves them at rapid's hundred.
func TestMain(m *testing.M) {
	flag.Parse()
	told := os.Getenv("OFFAUTH_LONG") != ""
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "rapid.checks" })
	if !told {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.bench").Value.String() == "" &&
		flag.Lookup("test.fuzz").Value.String() == "" && flag.Lookup("test.list").Value.String() == "" {
		code = unseen()
	}
	os.Exit(code)
}

func unseen() int {
	missing := []string{}
	for _, v := range verb.All() {
		for _, code := range v.Refusals {
			if !seen.refusals[v.Name+" "+string(code)] {
				missing = append(missing, "refusal "+v.Name+" "+string(code))
			}
		}
	}
	for _, k := range verb.Kinds() {
		if seen.events[k.Kind] == nil {
			missing = append(missing, "event "+string(k.Kind))
			continue
		}
		for _, field := range k.Fields {
			if !seen.events[k.Kind][field] {
				missing = append(missing,
					"field "+string(k.Kind)+"."+field+", seen "+fmt.Sprint(slices.Sorted(maps.Keys(seen.events[k.Kind]))))
			}
		}
	}
	for _, what := range missing {
		fmt.Println("the tables list what no test has seen:", what)
	}
	return min(len(missing), 1)
}

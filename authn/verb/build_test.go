package verb_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
)

// sample returns a value of an argument's kind that is not zero.
func sample(a verb.Arg) any {
	switch {
	case a.Kind == verb.Secret:
		return authn.NewSecret("2580")
	case len(a.OneOf) > 0 && a.Kind != verb.List:
		return a.OneOf[len(a.OneOf)-1]
	}
	switch a.Kind {
	case verb.Flag:
		return true
	case verb.Number:
		return 3
	case verb.Span:
		return 5 * time.Second
	case verb.Instant:
		return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	case verb.Settings:
		return []authn.Setting{{Key: "hypr.pins.count", Value: "10"}}
	case verb.List:
		return []string{"DEVICE", "DEVICE:PIN"}
	}
	return "some-name"
}

func TestEveryVerbBuildsItsActionOfItsArgumentsAndTakesItApartAgain(t *testing.T) {
	t.Parallel()
	for _, v := range verb.All() {
		if v.Action == nil {
			continue
		}
		values := verb.Values{}
		for _, a := range v.Args {
			values[a.Name] = sample(a)
		}
		action, err := v.Build(values)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if action.Verb() != v.Name {
			t.Errorf("%s makes an Action that is spelled %s", v.Name, action.Verb())
		}
		if maker, _ := v.Arg(v.Makes.Arg); v.Makes.Arg != "" &&
			(maker.Kind != verb.Name || !maker.Required || v.Made(action) != "some-name") {
			t.Errorf("%s makes %q, which %q does not name", v.Name, v.Made(action), v.Makes.Arg)
		}
		if back := v.Values(action); !reflect.DeepEqual(back, values) {
			t.Errorf("%s: built of %v, taken apart to %v", v.Name, values, back)
		}
		if got, ok := verb.Of(action); !ok || got.Name != v.Name || got.Family != v.Family {
			t.Errorf("the Action of %s is found under %s %s", v.Name, got.Family, got.Name)
		}
		if found, ok := verb.Find(v.Name, v.Family); !ok || found.Family != v.Family {
			t.Errorf("%s of %q is not found", v.Name, v.Family)
		}
		if fields := reflect.TypeOf(v.Action).NumField(); fields != len(v.Args) {
			t.Errorf("%s: the Action has %d fields and the row %d arguments", v.Name, fields, len(v.Args))
		}
	}
}

func TestAValueOfTheWrongTypeOrNameIsNotBuilt(t *testing.T) {
	t.Parallel()
	unlock, _ := verb.Find("device unlock", authn.FamilyHYPR)
	for name, values := range map[string]verb.Values{
		"type": {"phone": 7}, "name": {"pin": "x"}, "nothing": {"phone": nil}, "list": {"phone": []string{"a"}},
	} {
		if a, err := unlock.Build(values); err == nil {
			t.Errorf("%s: built %#v", name, a)
		}
	}
}

func TestResultsHaveTheNamesOfTheDocuments(t *testing.T) {
	t.Parallel()
	fields := verb.Fields(hypr.UnlockResult{Left: 9, PIN: authn.NewSecret("ABCDEFGH")})
	if fields["left"] != int64(9) || !fields["pin"].(authn.Secret).Equal(authn.NewSecret("ABCDEFGH")) {
		t.Errorf("%v", fields)
	}
	if got := verb.Fields(encap.ScanResult{Content: "Pay", MIME: "text/plain",
		Method: encap.OfflinePIN}); got["context"] != "Pay" || got["mime"] != "text/plain" || got["method"] != "OFFLINE:PIN" {
		t.Errorf("%v", got)
	}
	tap, _ := verb.Find("device tap", authn.FamilyHYPR)
	for _, name := range []string{"id", "outcome", "expires_at", "left"} {
		if !slices.Contains(tap.ResultNames(), name) {
			t.Errorf("device tap gives no %s: %v", name, tap.ResultNames())
		}
	}
}

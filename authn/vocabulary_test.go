package authn_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

func TestEveryRuleHasAnIDASourceAndOneSentence(t *testing.T) {
	id := regexp.MustCompile(`^[HEOA][1-9][0-9]?$`)
	last := map[byte]int{}
	seen := map[authn.RuleID]bool{}
	for _, r := range authn.Rules() {
		var n int
		if _, err := fmt.Sscanf(string(r.ID[1:]), "%d", &n); err != nil || !id.MatchString(string(r.ID)) || seen[r.ID] {
			t.Errorf("the id %q", r.ID)
			continue
		}
		seen[r.ID] = true
		if n <= last[r.ID[0]] { // ids increase, with gaps for unused ones
			t.Errorf("%s comes after %c%d", r.ID, r.ID[0], last[r.ID[0]])
		}
		last[r.ID[0]] = n
		if r.Source != authn.Doc && r.Source != authn.Public && r.Source != authn.Choice {
			t.Errorf("%s has the source %q", r.ID, r.Source)
		}
		if len(r.Text) < 20 || !strings.ContainsAny(r.Text[len(r.Text)-2:], ".)") || strings.ContainsAny(r.Text, "\t\r\n") {
			t.Errorf("%s reads %q", r.ID, r.Text)
		}
	}
	for family, n := range map[byte]int{
		'H': 48,
		'E': 37,
		'O': 48,
		'A': 16,
	} {
		if last[family] < n {
			t.Errorf("%c ends at %d, want %d at least", family, last[family], n)
		}
	}
}

func TestARuleIsFoundByItsIDInEitherCase(t *testing.T) {
	for _, id := range []authn.RuleID{"H34", "h34"} {
		if r, ok := authn.RuleByID(id); !ok || r.ID != "H34" {
			t.Errorf("%s gives %+v", id, r)
		}
	}
	for _, id := range []authn.RuleID{"", "H", "H0", "H99", "H034", " H34", "A17"} {
		if r, ok := authn.RuleByID(id); ok {
			t.Errorf("%q gives %+v", id, r)
		}
	}
}

func TestAnEventQuerySelects(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	e := authn.Event{Seq: 5, At: at, Site: "server", Kind: "tapped", Subject: "alice"}
	for name, row := range map[string]struct {
		q    authn.EventQuery
		want bool
	}{
		"zero": {authn.EventQuery{}, true}, "Last is not looked at": {authn.EventQuery{Last: 1}, true},
		"after 4": {authn.EventQuery{After: 4}, true}, "after 5": {authn.EventQuery{After: 5}, false},
		"since then": {authn.EventQuery{Since: at}, true}, "since later": {authn.EventQuery{Since: at.Add(1)}, false},
		"since, in another zone": {authn.EventQuery{Since: at.In(time.FixedZone("", 3600))}, true},
		"site":                   {authn.EventQuery{Site: "server"}, true},
		"another site":           {authn.EventQuery{Site: "phone/x"}, false},
		"kind":                   {authn.EventQuery{Kind: "tapped"}, true},
		"another kind":           {authn.EventQuery{Kind: "tap"}, false},
		"subject":                {authn.EventQuery{Subject: "alice"}, true},
		"a part of the subject":  {authn.EventQuery{Subject: "ali"}, false},
		"all": {authn.EventQuery{After: 4, Since: at, Site: "server", Kind: "tapped", Subject: "alice"},
			true},
		"all but one":   {authn.EventQuery{After: 4, Since: at, Site: "server", Kind: "tapped", Subject: "bob"}, false},
		"an empty site": {authn.EventQuery{Site: "", Kind: "tapped"}, true},
	} {
		if got := row.q.Matches(e); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAScopeHoldsItsSites(t *testing.T) {
	if s := (authn.Scope{}); !s.Holds("server") || !s.Holds("phone/x") {
		t.Error("the zero scope leaves something out")
	}
	s := authn.Scope{Sites: []authn.Site{"phone/x", "server"}}
	if !s.Holds("phone/x") || !s.Holds("server") || s.Holds("phone/y") || s.Holds("") {
		t.Error("the scope holds other sites than its own")
	}
}

func TestRefusalsAndFaultsAreFoundInErrors(t *testing.T) {
	refusal := &authn.Refusal{Code: "wrong_pin", Message: "no such PIN"}
	cause := errors.New("disk")
	fault := &authn.Fault{Code: "x", Message: "broken", Err: cause}
	if r, ok := authn.AsRefusal(fmt.Errorf("a: %w", refusal)); !ok || r != refusal || r.Error() != "no such PIN" {
		t.Error("a wrapped refusal is not found")
	}
	if f, ok := authn.AsFault(fmt.Errorf("a: %w", fault)); !ok || f != fault || f.Error() != "broken: disk" ||
		!errors.Is(f, cause) {
		t.Error("a wrapped fault is not found")
	}
	if (&authn.Fault{Message: "broken"}).Error() != "broken" {
		t.Error("a fault without a cause reads otherwise")
	}
	for _, err := range []error{nil, cause, fault} {
		if _, ok := authn.AsRefusal(err); ok {
			t.Errorf("%v is a refusal", err)
		}
	}
	if _, ok := authn.AsFault(refusal); ok {
		t.Error("a refusal is a fault")
	}
}

func TestDrawReadsTheStreamOfItsPurpose(t *testing.T) {
	env := authn.Env{Rand: func(purpose string) io.Reader { return bytes.NewReader([]byte(purpose)) }}
	if b, err := env.Draw("abc", 3); err != nil || string(b) != "abc" {
		t.Errorf("%q %v", b, err)
	}
	if b, err := env.Draw("abc", 4); err == nil || b != nil {
		t.Errorf("a stream that ends gave %q", b)
	}
}

func TestABatchIsEmptyWhenItHasNothing(t *testing.T) {
	if !(authn.Batch{}).Empty() {
		t.Error("the zero batch is not empty")
	}
	for _, b := range []authn.Batch{
		{Put: make([]authn.Record, 1)}, {Delete: make([]authn.Key, 1)}, {Set: make([]authn.Timer, 1)},
		{Stop: make([]authn.TimerKey, 1)}, {Append: make([]authn.Event, 1)},
	} {
		if b.Empty() {
			t.Errorf("%+v is empty", b)
		}
	}
}

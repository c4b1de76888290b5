package state_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/state"
)

func TestEachFieldOfAnEventHasAKind(t *testing.T) {
	t.Parallel()
	for _, k := range verb.Kinds() {
		for _, field := range k.Fields {
			if state.EventField(k.Kind, field) == state.Any {
				t.Errorf("%s: %s: add it to eventFields in kind.go", k.Kind, field)
			}
		}
	}
}

func TestEventsHoldInstantsAndSpansAsTexts(t *testing.T) {
	t.Parallel()
	if v := state.EventValue("pins_issued", "expires_at", "2026-03-02T08:00:00Z"); v != eight {
		t.Errorf("%v", v)
	}
	if v := state.EventValue("clock_advanced", "by", "24h0m0s"); v != 24*time.Hour {
		t.Errorf("%v", v)
	}
	for _, text := range []string{"1h", "asked"} { // a word of another event
		if v := state.EventValue("pins_confirmed", "by", text); v != text {
			t.Errorf("%v", v)
		}
	}
}

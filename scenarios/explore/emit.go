package explore

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/syntax"
)

// scene makes the story that is left.
func (s *shrinker) scene() compose.Scene {
	b := s.broken
	scene := compose.Scene{
		Header: []string{
			fmt.Sprintf("found by: offauth scenario explore --profile %s --seed %d", s.options.Profile, s.options.Seed),
			fmt.Sprintf("%s: %s", b.ID, b.Sentence),
			"it did not hold: " + b.What,
		},
		Name: "found-" + strings.ReplaceAll(b.ID, "_", "-"), Description: "Once, " + b.What + ".",
		Tags: []string{"found"}, Profile: s.options.Profile, Policy: s.best.policy, Start: start, Seed: s.options.Seed,
	}
	for _, id := range b.Rules {
		if rule, ok := authn.RuleByID(id); ok {
			scene.Header = append(scene.Header, fmt.Sprintf("%s: %s", rule.ID, rule.Text))
		}
	}
	for _, a := range s.best.actors {
		scene.Actors = append(scene.Actors, syntax.Actor{Name: a.name, Role: a.role, User: a.user, Platform: a.platform})
	}
	for i, p := range s.trace {
		if p.action == nil {
			continue
		}
		if p.step.crash != 0 && p.crashed {
			scene.Moves = append(scene.Moves, compose.Move{At: p.at, Crash: p.step.crash})
		}
		m := compose.Move{Action: p.action, At: p.at, Outcome: p.outcome, Refusal: p.refusal}
		switch {
		case i == len(s.trace)-1:
			m.Expect = should(b, p)
		case p.crashed:
			m.Expect = []string{"crashed: true"}
		}
		scene.Moves = append(scene.Moves, m)
	}
	return scene
}

// should gives the expectation that the last move ought to have met, as lines
// of YAML: what the products say where the invariant holds. Where nothing
// can be said but that all invariants hold, which every story checks, it is
// what came of it.
func should(b invariant.Broken, p played) []string {
	id := b.ID
	left := func(kind authn.Kind) bool {
		for _, e := range p.outcome.Events {
			if e.Kind == kind {
				return true
			}
		}
		return false
	}
	// turned expects an event where there was none, and none where there was.
	turned := func(refused bool, kinds ...authn.Kind) []string {
		lines := []string{}
		if refused && p.refusal != nil {
			lines = append(lines, "refused: "+string(p.refusal.Code))
		}
		for _, kind := range kinds {
			if left(kind) {
				return append(lines, fmt.Sprintf("no_events: [%s]", kind))
			}
		}
		return append(lines, fmt.Sprintf("events: [%s]", kinds[0]))
	}
	switch p.action.(type) {
	case hypr.Login:
		if code := loginCode(id); code != "" && p.refusal == nil {
			return []string{"refused: " + code}
		}
	case encap.Verify:
		if code := verifyCode(id, p); code != "" && p.refusal == nil {
			return []string{"refused: " + code}
		}
	case hypr.Unlock:
		if id == "nothing_at_or_after_expiry" || id == "clock_back_revives_nothing" {
			return []string{"refused: pin_expired"}
		}
	}
	switch id {
	case "warn_iff_below":
		return turned(false, "pins_low", "pins_exhausted")
	case "offer_not_before_5s":
		return turned(false, "pin_offered")
	case "hidden_after_timeout":
		return turned(false, "pin_hidden")
	case "clock_back_revives_nothing":
		if strings.Contains(b.What, "waits") {
			return turned(false, "tap_cancelled")
		}
		return turned(false, "pin_hidden")
	case "same_pin_while_visible":
		return turned(false, "pin_shown")
	case "lock_exactly_at_n":
		if _, ok := p.action.(hypr.Login); ok {
			return turned(true, "directory_locked")
		}
		return turned(true, "method_locked", "device_locked")
	case invariant.SpendBeforeTell:
		return []string{"crashed: true"}
	}
	if p.crashed {
		return []string{"crashed: true"}
	}
	return nil
}

// loginCode is how a PIN should have been refused.
func loginCode(id string) string {
	return map[string]string{
		"no_pin_accepted_twice": "pin_used", "nothing_at_or_after_expiry": "pin_expired", "clock_back_revives_nothing": "pin_expired",
		"old_set_dead": "wrong_pin", "only_issued_is_accepted": "wrong_pin", "not_before_priming": "not_primed", "locked_means_locked": "directory_locked",
	}[id]
}

// verifyCode is how a code should have been refused.
func verifyCode(id string, p played) string {
	code := map[string]string{
		"no_code_accepted_twice": "session_closed", "nothing_at_or_after_expiry": "session_expired", "clock_back_revives_nothing": "session_expired",
		"context_bound": "wrong_code", "only_issued_is_accepted": "wrong_code", "session_once": "session_closed", "locked_means_locked": "method_locked",
		"server_needed": "server_unreachable",
	}[id]
	return code
}

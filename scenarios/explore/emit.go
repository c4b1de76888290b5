package explore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/story"
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
		Tags: []string{"found"}, Profile: s.options.Profile, Policy: s.best.policy, Start: s.best.start, Seed: s.options.Seed,
		Exact: true, // a millisecond may be what matters
	}
	for _, id := range b.Rules {
		if rule, ok := authn.RuleByID(id); ok {
			scene.Header = append(scene.Header, fmt.Sprintf("%s: %s", rule.ID, rule.Text))
		}
	}
	for _, a := range s.best.actors {
		scene.Actors = append(scene.Actors, story.Actor{Name: a.name, Role: a.role, User: a.user, Platform: a.platform})
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
		if ofServer(p.action) && !slices.ContainsFunc(scene.Actors, func(a story.Actor) bool { return a.Role == authn.RoleServer }) {
			scene.Actors = append(scene.Actors, story.Actor{Name: string(authn.SiteServer), Role: authn.RoleServer})
		}
	}
	return scene
}

// ofServer reports whether an Action is about the server as a place, which a file
// then has to name.
func ofServer(a authn.Action) bool {
	switch a := a.(type) {
	case authn.SetLink:
		return a.Site == authn.SiteServer
	case authn.SkewClock:
		return a.Site == authn.SiteServer
	}
	return false
}

// should returns the expectation that the last move ought to have met, as lines
// of YAML: what the products say where the invariant holds. Where nothing
// can be said but that all invariants hold, which every story checks, it is
// what came of it.
func should(b invariant.Broken, p played) []string {
	if code := shouldRefuse(b, p); code != "" && p.refusal == nil {
		return []string{"refused: " + code}
	}
	switch b.ID {
	case "warn_iff_below":
		return turned(p, false, hypr.EventPINsLow, hypr.EventPINsExhausted)
	case "offer_not_before_5s":
		return turned(p, false, hypr.EventPINOffered)
	case "hidden_after_timeout":
		return turned(p, false, hypr.EventPINHidden)
	case "clock_back_revives_nothing":
		if strings.Contains(b.What, "waits") {
			return turned(p, false, hypr.EventTapCancelled)
		}
		return turned(p, false, hypr.EventPINHidden)
	case "same_pin_while_visible":
		return turned(p, false, hypr.EventPINShown)
	case "lock_exactly_at_n":
		return shouldLock(b, p)
	case "only_admin_recovers":
		return turned(p, false, onespan.EventDataIssued, onespan.EventDataRenewed)
	case "one_day_rule":
		return turned(p, false, onespan.EventDataRenewed)
	case invariant.SpendBeforeTell:
		return []string{"crashed: true"}
	}
	if p.crashed {
		return []string{"crashed: true"}
	}
	return nil
}

// turned expects an event where there was none, and none where there was.
func turned(p played, refused bool, kinds ...authn.Kind) []string {
	lines := []string{}
	if refused && p.refusal != nil {
		lines = append(lines, "refused: "+string(p.refusal.Code))
	}
	for _, kind := range kinds {
		if slices.ContainsFunc(p.outcome.Events, func(e authn.Event) bool { return e.Kind == kind }) {
			return append(lines, fmt.Sprintf("no_events: [%s]", kind))
		}
	}
	return append(lines, fmt.Sprintf("events: [%s]", kinds[0]))
}

// shouldRefuse returns the code with which what was accepted should have been
// refused, or nothing.
func shouldRefuse(b invariant.Broken, p played) string {
	switch p.action.(type) {
	case hypr.Login:
		return loginCode(b.ID)
	case encap.Verify:
		return verifyCode(b)
	case hypr.Unlock:
		if b.ID == "nothing_at_or_after_expiry" || b.ID == "clock_back_revives_nothing" {
			return "pin_expired"
		}
	case onespan.Logon:
		return logonCode(b)
	case onespan.Update:
		if b.ID == "server_needed" {
			return "server_unreachable"
		}
		return logonCode(b)
	}
	return ""
}

// logonCode is how a credential should have been refused.
func logonCode(b invariant.Broken) string {
	if b.ID == "locked_means_locked" && strings.Contains(b.What, "of the user") {
		return "user_locked"
	}
	return map[string]string{
		"no_code_accepted_twice": "code_replayed", "counters_monotonic": "code_replayed", "nothing_at_or_after_expiry": "data_expired",
		"clock_back_revives_nothing": "data_expired", "not_before_priming": "no_offline_data", "only_issued_is_accepted": "wrong_code",
		"locked_means_locked": "data_locked",
	}[b.ID]
}

// loginCode is how a PIN should have been refused.
func loginCode(id string) string {
	return map[string]string{
		"no_pin_accepted_twice": "pin_used", "nothing_at_or_after_expiry": "pin_expired", "clock_back_revives_nothing": "pin_expired",
		"old_set_dead": "wrong_pin", "only_issued_is_accepted": "wrong_pin", "not_before_priming": "not_primed", "locked_means_locked": "directory_locked",
	}[id]
}

// verifyCode is how a code should have been refused.
func verifyCode(b invariant.Broken) string {
	if b.ID == "session_once" {
		switch {
		case strings.Contains(b.What, "was superseded"):
			return "session_superseded"
		case strings.Contains(b.What, "was expired"):
			return "session_expired"
		}
	}
	return map[string]string{
		"no_code_accepted_twice": "session_closed", "nothing_at_or_after_expiry": "session_expired", "clock_back_revives_nothing": "session_expired",
		"context_bound": "wrong_code", "only_issued_is_accepted": "wrong_code", "session_once": "session_closed", "locked_means_locked": "method_locked",
		"server_needed": "server_unreachable",
	}[b.ID]
}

// shouldLock tells a count that is wrong from a lock that came or did not.
func shouldLock(b invariant.Broken, p played) []string {
	_, login := p.action.(hypr.Login)
	counts := strings.Contains(b.What, "there were") && !strings.Contains(b.What, "locks")
	switch {
	case counts && p.refusal != nil:
		return []string{"refused: " + string(p.refusal.Code)}
	case counts:
		return []string{}
	case login:
		return turned(p, true, hypr.EventDirectoryLocked)
	case strings.Contains(b.What, "of offline data"):
		return turned(p, false, onespan.EventDataDeleted)
	case strings.Contains(b.What, "of the user"):
		return turned(p, true, onespan.EventUserLocked)
	case strings.Contains(b.What, "is not locked ()"):
		return turned(p, true, encap.EventDeviceLocked)
	}
	return turned(p, true, encap.EventMethodLocked, encap.EventDeviceLocked)
}

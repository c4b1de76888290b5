package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/keystore"
)

// TestHintsLeadOutOfEveryRefusal is the circle test: from each refusal that a
// story of the library reaches, it follows the hints as they are printed. The
// refused act succeeds within three of them, or the last names another person
// who has to act. A command that does not work as printed, or a state that is
// seen twice, is a failure.
func TestHintsLeadOutOfEveryRefusal(t *testing.T) {
	t.Parallel()
	all := refusals(t)
	seen, tried := map[string]bool{}, 0
	for _, r := range all {
		if slices.ContainsFunc(toMend, func(story string) bool { return strings.HasPrefix(r.story, story) }) {
			continue
		}
		command := commandOf(r.action)
		if command == nil || needsOtherInput[r.refusal.Code] || needsNewer[r.refusal.Code] {
			continue
		}
		key := fmt.Sprint(r.action.Verb(), r.refusal.Code, r.refusal.Rule, r.refusal.Site.Role(), shape(r.refusal.Message))
		long := os.Getenv("OFFAUTH_LONG") != "" && !strings.HasPrefix(r.story, "onespan-")
		if !long && seen[key] {
			continue
		}
		seen[key] = true
		tried++
		c := &circle{t: t, known: r.known, typed: typedIn(r.action), store: r.store}
		if trouble := c.leadsOut(command, r); trouble != "" {
			t.Errorf("%s: %s refused %s (%s): %s\n%s", r.story, r.action.Verb(), r.refusal.Code, r.refusal.Message, trouble, strings.Join(c.told, "\n"))
		}
	}
	t.Logf("%d of %d refusals were followed", tried, len(all))
	if tried < 50 {
		t.Errorf("only %d refusals were followed", tried)
	}
}

// shape is a message without its names and numbers.
func shape(message string) string {
	return regexp.MustCompile(`[0-9A-Z][0-9A-Za-z:.-]*`).ReplaceAllString(message, "#")
}

// needsOtherInput are refusals of what was typed: the same can never be
// accepted, and what can only the person knows.
var needsOtherInput = map[authn.Code]bool{
	"out_of_range": true, "invalid_input": true, "invalid_auth_parameters": true, "not_at_activation": true, "one_method_at_a_time": true,
	"credential_malformed": true, "new_pin_rejected": true, "context_too_long": true, "empty_password": true,
}

// needsNewer are refusals that end with a newer version of a product, which no
// command of offauth installs.
var needsNewer = map[authn.Code]bool{"version_too_old": true, "tray_agent_missing": true}

// toMend are stories whose hints do not lead out yet: with event-based codes that
// ran ahead, and where the try before the last hint locks.
var toMend = []string{"onespan-event-window", "onespan-one-and-not-the-others", "onespan-resync-bounds"}

// circle is a person who follows hints in a world of one story.
type circle struct {
	t     *testing.T
	known known
	store *keystore.MemoryStore
	// typed is the secret of the refused act; pin and code are what a phone has
	// shown since.
	typed, pin, code string
	// last is what the last command said, told is all that was said.
	last string
	told []string
}

// leadsOut follows hints until the refused act is done. It gives what is wrong.
func (c *circle) leadsOut(command []string, r refusedAct) string {
	exit, out, errs := c.run(command, stdinOf(r.action))
	if exit == 0 {
		return "" // what stood in its way has passed, as a lost message has
	}
	seen, done := map[string]bool{errs: true}, map[string]bool{}
	hints, wanted := commands(errs, done), []string(nil)
	for taken := 0; taken < 3 && len(hints) > 0; {
		hint := hints[0]
		hints, done[hint] = hints[1:], true
		if !strings.HasPrefix(hint, "offauth link set ") { // lines that are cut are mended together
			taken++
		}
		said := errs
		if exit, out, said = c.follow(hint); exit == 2 || exit == 6 || exit == 1 {
			return fmt.Sprintf("%q does not work as printed (exit code %d)", hint, exit)
		}
		if exit != 0 { // on with the hints of the hint, which is wanted again after them
			wanted = append(wanted, hint)
		}
		for exit == 0 {
			if c.reached(command, r, hint, out) {
				return ""
			}
			if len(wanted) == 0 && len(hints) > 0 && c.typedWrong(r) {
				break // nobody types again what was wrong
			}
			if len(wanted) == 0 {
				if exit, _, said = c.run(command, ""); exit == 0 {
					return ""
				}
				break
			}
			hint = wanted[len(wanted)-1]
			if exit, out, said = c.follow(hint); exit == 0 {
				wanted = wanted[:len(wanted)-1]
			}
		}
		again := seen[said]
		errs, seen[said] = said, true
		switch {
		case !again:
			hints = append(commands(said, done), hints...)
		case len(hints) > 0: // a list is followed to its end
		case isAnothers(hint) && isLook(hint):
			return "" // helpdesk has looked, and has to decide
		default:
			return "the same state a second time"
		}
	}
	switch {
	case len(hints) > 0 && isAnothers(hints[0]) || namesAPerson(errs):
		return ""
	case len(hints) == 0:
		return "no hint is left that is a command, and none names who has to act"
	}
	return "three hints did not help"
}

// reached says whether following a hint was the refused act itself, or did what
// it is for.
func (c *circle) reached(command []string, r refusedAct, hint, out string) bool {
	if at := slices.Index(command, "--phone"); at > 0 {
		if now := c.replaced(command[at+1]); now != "" && strings.Contains(hint, "--phone "+now) {
			return true // on the phone that took its place
		}
	}
	if m := replacedBy.FindStringSubmatch(c.last); m != nil && strings.Contains(hint, "--phone "+m[1]) {
		return true
	}
	verb := strings.Join(command[:2], " ")
	switch r.action.(type) {
	case hypr.Login, onespan.Logon, hypr.PasskeyUnlock:
		return strings.Contains(out, "unlocked ") || strings.Contains(hint, "workstation login") || c.unlocked(command)
	case hypr.Tap, hypr.Unlock:
		return strings.Contains(hint, "offauth "+verb) || strings.Contains(out, "unlocked online")
	case encap.Verify:
		return strings.Contains(hint, "provider verify")
	case encap.Scan:
		return strings.Contains(hint, "device scan")
	}
	return strings.HasPrefix(hint, "offauth "+verb)
}

var replacedBy = regexp.MustCompile(`replaced by (\S+) \(`)

// typedWrong says whether the refused act was a wrong secret, and no other is at
// hand yet.
func (c *circle) typedWrong(r refusedAct) bool {
	switch r.refusal.Code {
	case hypr.CodeWrongPIN, hypr.CodePINUsed, hypr.CodePINExpired:
		_, online := r.action.(encap.Auth)
		return c.pin == "" && !online
	case encap.CodeWrongCode, encap.CodeSessionClosed, encap.CodeSessionExpired, encap.CodeSessionSuperseded:
		_, verify := r.action.(encap.Verify)
		return verify && c.toApprove() == ""
	}
	return false
}

var inQuotes = regexp.MustCompile("`(offauth [^`]*)`")

// commands gives the commands among the hints, in order, but those that were
// done; only what is locked may be unlocked again.
func commands(errs string, done map[string]bool) []string {
	var all []string
	for _, line := range strings.Split(errs, "\n") {
		hint, ok := strings.CutPrefix(line, "hint: ")
		switch m := inQuotes.FindStringSubmatch(hint); {
		case !ok:
		case strings.HasPrefix(hint, "offauth "):
			all = append(all, hint)
		case m != nil:
			all = append(all, m[1])
		}
	}
	return slices.DeleteFunc(all, func(hint string) bool { return done[hint] && !strings.Contains(hint, "user unlock") })
}

// namesAPerson says whether an output names somebody who has to act.
func namesAPerson(errs string) bool {
	return strings.Contains(errs, "administrator") || strings.Contains(errs, "helpdesk")
}

// isAnothers says whether a command is another person's, isLook whether it only
// shows something.
func isAnothers(command string) bool { return strings.HasPrefix(command, "offauth admin ") }

func isLook(command string) bool {
	return slices.ContainsFunc(strings.Fields(command), func(w string) bool { return w == "show" || w == "list" || w == "status" || w == "explain" })
}

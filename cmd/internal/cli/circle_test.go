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
	"github.com/offauth/offauth/authn/verb"
)

// TestHintsLeadOutOfEveryRefusal is the circle test: from each refusal that a
// story of the library reaches, it follows the hints as printed. The refused
// act must succeed within three of them, or the last hint must name another
// person who has to act. A command that does not work as printed, or a repeated
// state, is a failure.
func TestHintsLeadOutOfEveryRefusal(t *testing.T) {
	t.Parallel()
	all := refusals(t)
	seen, tried := map[string]bool{}, 0
	for _, r := range all {
		command := commandOf(r.action)
		if command == nil {
			t.Errorf("%s: no command is known for %T, which was refused %s", r.story, r.action, r.refusal.Code)
			continue
		}
		key := fmt.Sprint(r.action.Verb(), r.refusal.Code, r.refusal.Rule, r.refusal.Site.Role(), shape(r.refusal.Message))
		long := os.Getenv("OFFAUTH_LONG") != ""
		if !long && seen[key] {
			continue
		}
		seen[key] = true
		tried++
		first := typedIn(r.action)
		c := &circle{t: t, known: r.known, first: &first, typed: first.Reveal(), host: hostOf(t, r.store)}
		if trouble := c.leadsOut(command, r); trouble != "" {
			t.Errorf("%s: %s refused %s (%s): %s\n%s", r.story, r.action.Verb(), r.refusal.Code, r.refusal.Message, trouble,
				strings.Join(c.told, "\n"))
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

// needsOtherInput are refusals of a value that is never accepted, with a hint
// that lists the accepted ones: only the person knows which to use.
var needsOtherInput = map[authn.Code]bool{"out_of_range": true}

// cannotBeTyped reports whether the command line keeps the refused input from
// the product: it does not scan an invalid QR code, mends one with text around
// it, and refuses an empty credential.
func cannotBeTyped(a authn.Action) bool {
	if logon, ok := a.(onespan.Logon); ok {
		return logon.Password.Empty()
	}
	_, scan := a.(encap.Scan)
	return scan
}

// circle is a person who follows hints in the world of one story.
type circle struct {
	t     *testing.T
	known known
	// host has the world, and nothing else.
	host *fixture
	// first is the secret of the refused act while that is done, typed the same
	// afterwards; pin and code are what a phone has shown since.
	first            *authn.Secret
	typed, pin, code string
	// spent is the code that was typed last, carries the phone whose codes the
	// person reads; scanned says that a phone has taken what it was to scan.
	spent, carries string
	scanned        bool
	// told is all output so far.
	told []string
}

// leadsOut follows hints until the refused act succeeds. It returns what is
// wrong.
func (c *circle) leadsOut(command []string, r refusedAct) string {
	_, _, errs := c.run(command, stdinOf(r.action))
	c.first = nil
	switch asRefused := strings.Contains(errs, "("+string(r.refusal.Code)); {
	case !asRefused && cannotBeTyped(r.action):
		return ""
	case !asRefused:
		return "it is not refused so"
	}
	command = c.another(command, r)
	seen, done := map[string]bool{errs: true}, map[string]bool{}
	hints, wanted, before := hintsOf(errs, done), []string(nil), ""
following:
	for taken := 0; len(hints) > 0 && (taken < 3 || taken < c.most() || together(before, hints[0].command)); {
		hint, exit, out, said := hints[0], 0, "", ""
		hints, done[hint.command] = hints[1:], true
		if !together(before, hint.command) {
			taken++
		}
		before = hint.command
		if exit, out, said = c.follow(hint.command); exit != 0 && exit != int(authn.ExitRefused) &&
			exit != int(authn.ExitLocked) {
			return fmt.Sprintf("%q does not work as printed (exit code %d)", hint.command, exit)
		}
		if exit != 0 { // on with the hints of the hint, which is wanted again after them
			wanted = append(wanted, hint.command)
		}
		for doing := hint.command; exit == 0; {
			if c.reached(command, r, doing, out) {
				return ""
			}
			if len(wanted) == 0 && len(hints) > 0 && (isLook(hint.command) || isNext(hints)) {
				continue following // nobody leaves a list before its end
			}
			if len(wanted) == 0 && len(hints) > 0 && c.typedWrong(r) {
				break // nobody types again what was wrong
			}
			if len(wanted) == 0 {
				if exit, _, said = c.run(c.inHand(command), ""); exit == 0 {
					return ""
				}
				break
			}
			doing = wanted[len(wanted)-1]
			if exit, out, said = c.follow(doing); exit == 0 {
				wanted = wanted[:len(wanted)-1]
			}
		}
		if !seen[said] {
			hints = append(hintsOf(said, done), hints...)
		} else if len(hints) == 0 && !namesAnother(said, r, done) && !needsOtherInput[r.refusal.Code] {
			return "the same state a second time" // before the end of a list it is none: the next may help
		}
		errs, seen[said] = said, true
	}
	switch {
	case namesAnother(errs, r, done) || needsOtherInput[r.refusal.Code]:
		return ""
	case len(hints) == 0:
		return "no hint is left that is a command, and the last does not name who has to act"
	}
	return "three hints did not help"
}

// most is how many hints are followed: three, and a fourth where a phone was
// replaced, as another is enrolled first: activate, auth and method add.
func (c *circle) most() int {
	if slices.ContainsFunc(c.snapshot().Phones, func(p authn.PhoneView) bool { return p.ReplacedBy != "" }) {
		return 4
	}
	return 3
}

// reached reports whether following a hint was the refused act itself, or
// achieved its purpose.
func (c *circle) reached(command []string, r refusedAct, hint, out string) bool {
	verb := r.action.Verb()
	switch r.action.(type) {
	case hypr.Login, onespan.Logon, hypr.PasskeyUnlock: // to get in
		return strings.HasPrefix(hint, "offauth workstation login") || c.unlocked(command)
	case hypr.Tap, hypr.Unlock: // an offline PIN, which nobody needs who is in
		return strings.HasPrefix(hint, "offauth "+verb) || strings.Contains(out, "unlocked online")
	case encap.Scan:
		return c.scanned
	case encap.Activate: // the method that cannot be activated at first is added later
		return strings.HasPrefix(hint, "offauth device method add")
	}
	return strings.HasPrefix(hint, "offauth "+verb)
}

// typedWrong reports whether the refused act was a wrong secret and there is no
// other yet.
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

// hinted is a command of a hint, and its line.
type hinted struct{ line, command string }

var inQuotes = regexp.MustCompile("`(offauth [^`]*)`")

// hintsOf returns the commands among the hints, in order, except those already
// done; only unlocking may be repeated.
func hintsOf(errs string, done map[string]bool) []hinted {
	var all []hinted
	for _, line := range strings.Split(errs, "\n") {
		hint, ok := strings.CutPrefix(line, "hint: ")
		switch m := inQuotes.FindStringSubmatch(hint); {
		case !ok:
		case strings.HasPrefix(hint, "offauth "):
			all = append(all, hinted{hint, hint})
		case m != nil:
			all = append(all, hinted{hint, m[1]})
		}
	}
	return slices.DeleteFunc(all, func(h hinted) bool {
		return done[h.command] &&
			!strings.Contains(h.command, "user unlock")
	})
}

// together reports whether two consecutive hints count as one: links that are
// down are repaired together, as are clocks that are off.
func together(before, hint string) bool {
	return slices.ContainsFunc([]string{"offauth link set ", "offauth clock skew "}, func(verb string) bool {
		return strings.HasPrefix(before, verb) && strings.HasPrefix(hint, verb)
	})
}

// isNext reports whether a list goes on with what comes after what was done: "then
// one online logon", perhaps over lines that come up first, or "the next one-time
// password comes in 30s".
func isNext(hints []hinted) bool {
	i := slices.IndexFunc(hints, func(h hinted) bool { return !strings.HasPrefix(h.command, "offauth link set ") })
	return i >= 0 && strings.HasPrefix(hints[i].line, "the")
}

// namesAnother reports whether the last hint names the administrator as the
// person who has to act, in words or by a command that was not run yet, and the
// refused person was not the administrator.
func namesAnother(errs string, r refusedAct, done map[string]bool) bool {
	i := strings.LastIndex(errs, "hint: ")
	byAdmin := slices.ContainsFunc(verb.All(),
		func(v verb.Verb) bool { return v.Name == r.action.Verb() && v.Role == authn.RoleAdmin })
	if i < 0 || byAdmin {
		return false
	}
	hint, _, _ := strings.Cut(errs[i+len("hint: "):], "\n")
	return strings.Contains(hint, "administrator") || strings.HasPrefix(hint, "offauth admin ") && !done[hint]
}

// isLook reports whether a command only shows something.
func isLook(command string) bool {
	return slices.ContainsFunc(strings.Fields(command),
		func(w string) bool { return w == "show" || w == "list" || w == "status" || w == "explain" })
}

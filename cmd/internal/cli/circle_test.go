package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
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

// follow runs a hint as printed: a line of commands between pipes.
func (c *circle) follow(hint string) (exit int, out, errs string) {
	for _, stage := range strings.Split(hint, " | ") {
		exit, out, errs = c.run(strings.Fields(strings.TrimPrefix(stage, "offauth ")), out)
		if exit != 0 {
			return exit, out, errs
		}
	}
	switch {
	case strings.HasPrefix(hint, "offauth link show"):
		c.reconnect()
	case strings.HasPrefix(hint, "offauth provider challenge ") && !strings.Contains(hint, " | "):
		if m := asks.FindStringSubmatch(errs); m != nil { // what the site shows is held before the phone
			c.run([]string{"device", "scan", "-", "--phone", m[1]}, out)
		}
	}
	return exit, out, errs
}

var credentialOf = regexp.MustCompile(`(?:password|PIN|OTP|twice|only\)) of (\S+) at `)

var asks = regexp.MustCompile(`asks (\S+) of `)

// reconnect does what a person does who sees in "link show" what is down.
func (c *circle) reconnect() {
	for line := range strings.Lines(c.look("link", "show")) {
		f := strings.Fields(line)
		if len(f) > 1 && (f[1] == "down" || f[1] == "captive") {
			c.run([]string{"link", "set", f[0], "up"}, "")
		}
	}
}

// look runs a command of which nothing is told.
func (c *circle) look(args ...string) string {
	told := c.told
	_, out, _ := c.run(args, "")
	c.told = told
	return out
}

// run runs a command line as the person at a terminal would.
func (c *circle) run(args []string, stdin string) (exit int, out, errs string) {
	var stdout, stderr bytes.Buffer
	d := (&fixture{t: c.t, now: epoch, env: map[string]string{"OFFAUTH_HOME": "/nowhere"}, stdin: stdin}).deps(&stdout, &stderr)
	d.Streams.InTTY, d.Streams.ErrTTY, d.Prompt, d.Rand = stdin == "", true, c, rand.Reader
	d.Kept = func() (string, kept) { return "story", memoryWorld{c.store} }
	exit = Run(context.Background(), d, args)
	out, errs = stdout.String(), stderr.String()
	if exit != 0 {
		c.last = errs
	}
	if first, _, ok := strings.Cut(out, "  ("); ok && exit == 0 && len(args) > 1 {
		switch args[0] + " " + args[1] {
		case "device unlock":
			c.pin = first
		case "device approve", "device otp":
			c.code = first
		}
	}
	c.told = append(c.told, fmt.Sprintf("    $ offauth %s  (exit code %d)", strings.Join(args, " "), exit))
	for line := range strings.Lines(errs) {
		c.told = append(c.told, "      "+strings.TrimSpace(line))
	}
	return exit, out, errs
}

// Line implements Prompter: the first of several will do.
func (c *circle) Line(context.Context, string) (string, error) { return "1", nil }

// Secret implements Prompter: what the person knows, or reads from the phone.
func (c *circle) Secret(_ context.Context, label string) (authn.Secret, error) {
	text := c.known[strings.TrimSuffix(label, ", again")]
	switch {
	case text != "":
	case strings.HasPrefix(label, "PIN for "):
		if text = c.pin; text == "" {
			text = c.typed
		}
	case credentialOf.MatchString(label):
		user := credentialOf.FindStringSubmatch(label)[1]
		used := c.code
		if c.look("device", "otp", "--user", user); c.code == used {
			c.look("clock", "advance", "30s") // nobody types a code twice who sees that it is the same
			c.look("device", "otp", "--user", user)
		}
		if c.code == "" {
			c.code = "000000" // of somebody who has no authenticator
		}
		text = c.known["static password of "+user] + c.known["server PIN of "+user] + c.code
		if strings.Contains(c.last, "pin_change_required") {
			c.known["server PIN of "+user] = "86421357"
			text += "8642135786421357"
		}
	case strings.HasPrefix(label, "one-time password for "):
		if phone := c.toApprove(); phone != "" {
			c.run([]string{"device", "approve", "--phone", phone}, "")
		}
		if text = c.code; text == "" {
			text = c.typed
		}
	case strings.HasPrefix(label, "two consecutive"):
		phone := strings.TrimSuffix(strings.Fields(label)[5], ",")
		c.look("device", "otp", "--phone", phone)
		first := c.code
		c.look("clock", "advance", "30s")
		c.look("device", "otp", "--phone", phone)
		text = first + " " + c.code
	default:
		text = "13572468"
		c.known[strings.TrimPrefix(strings.TrimSuffix(label, ", again"), "new ")] = text
	}
	return authn.NewSecret(text), nil
}

func (c *circle) snapshot() authn.Snapshot {
	snap, err := sim.Open(sim.Config{Store: c.store, Host: epochNow}).Snapshot(c.t.Context(), authn.Scope{})
	if err != nil {
		c.t.Fatal(err)
	}
	return snap
}

// replaced is the phone that took a phone's place, or empty.
func (c *circle) replaced(phone string) string {
	for _, p := range c.snapshot().Phones {
		if p.Name == phone {
			return p.ReplacedBy
		}
	}
	return ""
}

// unlocked says whether the workstation of a login is unlocked by now, as by a tap
// that was answered when a line came up.
func (c *circle) unlocked(login []string) bool {
	return slices.ContainsFunc(c.snapshot().Workstations, func(w authn.WorkstationView) bool {
		return !w.Locked && slices.Contains(login, w.Name)
	})
}

// toApprove is the phone that waits for something to be approved.
func (c *circle) toApprove() string {
	for _, p := range c.snapshot().Phones {
		if p.Encap != nil && p.Encap.Operation != nil {
			return p.Name
		}
	}
	return ""
}

func epochNow() time.Time { return epoch }

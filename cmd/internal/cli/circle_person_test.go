package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore/worlds"
)

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

var (
	credentialOf = regexp.MustCompile(`^(.*(?:password|PIN|OTP|twice|only\))) of (\S+) at `)
	cutOff       = regexp.MustCompile(`(?m)^(server|workstation/\S+) +(down|captive)`)
)

var asks = regexp.MustCompile(`asks (\S+) of `)

// reconnect does what a person does after reading in "link show" what is down.
func (c *circle) reconnect() {
	for line := range strings.Lines(c.look("link", "show")) {
		f := strings.Fields(line)
		if len(f) > 1 && (f[1] == "down" || f[1] == "captive") {
			c.run([]string{"link", "set", f[0], "up"}, "")
		}
	}
}

// look runs a command without reporting it.
func (c *circle) look(args ...string) string {
	told := c.told
	_, out, _ := c.run(args, "")
	c.told = told
	return out
}

// run runs a command line as the person at a terminal would.
func (c *circle) run(args []string, stdin string) (exit int, out, errs string) {
	var stdout, stderr bytes.Buffer
	c.host.stdin = stdin
	d := c.host.deps(&stdout, &stderr)
	d.Streams.InTTY, d.Streams.ErrTTY, d.Prompt, d.Rand = stdin == "", true, c, rand.Reader
	exit = Run(context.Background(), d, args)
	out, errs = stdout.String(), stderr.String()
	if first, _, ok := strings.Cut(out, "  ("); ok && exit == 0 && len(args) > 1 {
		switch args[0] + " " + args[1] {
		case "device unlock":
			c.pin = first
		case "device approve", "device otp":
			c.code = first
		}
	}
	switch {
	case exit != 0 || c.first != nil:
	case strings.Join(args[:2], " ") == "device scan":
		c.scanned = true
	case args[0] == "clock":
		c.code = "" // another time, another code
	case strings.Join(args[:len(args)-1], " ") == "device otp --phone":
		c.carries = args[len(args)-1]
	}
	c.told = append(c.told, fmt.Sprintf("    $ offauth %s  (exit code %d)", strings.Join(args, " "), exit))
	for line := range strings.Lines(errs) {
		c.told = append(c.told, "      "+strings.TrimSpace(line))
	}
	return exit, out, errs
}

// Line implements Prompter: it picks the first of several.
func (c *circle) Line(context.Context, string) (string, error) { return "1", nil }

// Secret implements Prompter: at first it returns the secret of the refused
// act, then what the person knows or reads from the phone.
func (c *circle) Secret(_ context.Context, label string) (authn.Secret, error) {
	if c.first != nil {
		return *c.first, nil
	}
	text := c.known[strings.TrimSuffix(label, ", again")]
	switch {
	case text != "":
	case strings.HasPrefix(label, "PIN for "):
		if text = c.pin; text == "" {
			text = c.typed
		}
	case credentialOf.MatchString(label):
		text = c.credential(label)
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
		text, c.spent = first+" "+c.code, c.code
	default:
		text = "13572468"
		c.known[strings.TrimPrefix(strings.TrimSuffix(label, ", again"), "new ")] = text
	}
	return authn.NewSecret(text), nil
}

// credential returns what a prompt of OneSpan asks for, part by part.
func (c *circle) credential(label string) string {
	m := credentialOf.FindStringSubmatch(label)
	parts, user, text := strings.Split(m[1], ", "), m[2], ""
	judge := "online only"
	if links := c.look("link", "show"); cutOff.MatchString(links) {
		judge = "offline only"
	}
	for _, part := range parts {
		name, only, _ := strings.Cut(strings.TrimSuffix(part, ")"), " (")
		switch {
		case only != "" && only != judge:
		case name == "OTP":
			text += c.nextCode(user)
		case name == "new server PIN twice":
			c.known["server PIN of "+user] = "86421357"
			text += "8642135786421357"
		default:
			text += c.known[name+" of "+user]
		}
	}
	return text
}

// nextCode reads a one-time password from the user's phone, if there is no
// unused one. Nobody types a used one twice.
func (c *circle) nextCode(user string) string {
	show := []string{"device", "otp", "--user", user}
	if c.carries != "" {
		show = []string{"device", "otp", "--phone", c.carries}
	}
	used := func() bool {
		return c.code == c.spent || strings.Contains(c.known["last typed"], c.code)
	}
	for range 2 {
		if c.code != "" && !used() {
			break
		}
		if c.look(show...); used() {
			c.look("clock", "advance", "30s")
		}
	}
	if c.spent = c.code; c.code == "" {
		return "000000" // of somebody who has no authenticator
	}
	return c.code
}

func (c *circle) snapshot() authn.Snapshot {
	w, err := app.OpenWorld(c.t.Context(), c.host.deps(io.Discard, io.Discard), worlds.Home{Dir: c.host.home}, circleWorld)
	if err != nil {
		c.t.Fatal(err)
	}
	snap, err := w.Snapshot(c.t.Context(), authn.Scope{})
	if err := errors.Join(err, w.Store.Close()); err != nil {
		c.t.Fatal(err)
	}
	return snap
}

// inHand returns a command line for the new phone, if the phone was replaced.
func (c *circle) inHand(command []string) []string {
	at := slices.Index(command, "--phone") + 1
	for _, p := range c.snapshot().Phones {
		if at > 0 && p.Name == command[at] && p.ReplacedBy != "" {
			command = slices.Clone(command)
			command[at] = p.ReplacedBy
		}
	}
	return command
}

// unlocked reports whether the workstation of a login is unlocked already, as
// by a tap that was answered when a link came up.
func (c *circle) unlocked(login []string) bool {
	return slices.ContainsFunc(c.snapshot().Workstations, func(w authn.WorkstationView) bool {
		return !w.Locked && slices.Contains(login, w.Name)
	})
}

// toApprove returns the phone with an open operation.
func (c *circle) toApprove() string {
	for _, p := range c.snapshot().Phones {
		if p.Encap != nil && p.Encap.Operation != nil {
			return p.Name
		}
	}
	return ""
}

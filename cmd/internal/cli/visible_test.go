package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// hostile is a text that sets the title, clears the screen, reverses the
// writing direction and forges a line.
const hostile = "x\x1b]0;pwn\a\x1b[2J\u009b31m\u202e\u200b\x7f\xff\nFORGED: all is well\r\nFORGED"

// drawnHere are the escapes that offauth itself writes on a terminal.
var drawnHere = regexp.MustCompile("\x1b\\[(38;5;231;48;5;16|0|1|3[123])m|\r\x1b\\[K")

// foul returns what in an output would act on a terminal, or forges a line.
func foul(text string) string {
	for _, line := range strings.Split(drawnHere.ReplaceAllString(text, ""), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "FORGED") {
			return "a forged line"
		}
		for i, r := range line {
			if r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar &&
				line[i] == 0xff {
				return fmt.Sprintf("%U in %q", r, line)
			}
		}
	}
	return ""
}

// tries returns command lines that put the text into every argument and every
// flag of a leaf, alone and all at once.
func tries(cmd *cobra.Command, text string) [][]string {
	path := strings.Fields(cmd.CommandPath())[1:]
	places := app.PlacesOf(cmd)
	all := [][]string{append(append([]string{}, path...), strings.Fields(strings.Repeat("\x01 ", len(places)+1))...)}
	for i := range places {
		args := append([]string{}, path...)
		for j := range places {
			args = append(args, map[bool]string{true: text, false: "demo"}[i == j])
		}
		all = append(all, args)
	}
	for i, a := range all[0] {
		if a == "\x01" {
			all[0][i] = text
		}
	}
	each := func(f *pflag.Flag) {
		args := append(append([]string{}, path...), "--"+f.Name+"="+text)
		for range places {
			args = append(args, "demo")
		}
		all = append(all, args)
	}
	cmd.LocalFlags().VisitAll(each)
	cmd.InheritedFlags().VisitAll(each)
	return append(all, append(append([]string{}, path...), "--"+text), append(append([]string{}, path...), "-"+text))
}

// TestNothingFromOutsideReachesATerminalRaw puts a hostile text everywhere
// that somebody outside can: arguments, flags, words that are no command, the
// environment, stdin, names and texts of files.
//
// Rules: E12.
func TestNothingFromOutsideReachesATerminalRaw(t *testing.T) {
	f := newDemo(t)
	t.Chdir(t.TempDir())
	f.env["OFFAUTH_WORLD"], f.env["OFFAUTH_KEYSTORE"] = "demo", "file"
	runs, escaped := 0, 0
	try := func(args ...string) {
		t.Helper()
		runs++
		f.stdin = hostile
		code, out, errs := f.run(t.Context(), args...)
		if why := foul(out) + foul(errs); why != "" {
			t.Errorf("offauth %q (exit %d): %s", args, code, why)
		}
		if strings.Contains(out+errs, `\u{1b}`) || strings.Contains(out+errs, `\u001b`) {
			escaped++
		}
	}
	root := NewRoot(f.deps(io.Discard, io.Discard))
	leavesBelow(root, func(cmd *cobra.Command) {
		for _, args := range tries(cmd, hostile) {
			f.terminal = runs%2 == 0
			f.answers = []string{hostile, hostile, hostile}
			try(args...)
			if runs%3 == 0 {
				try(append(args, "--json")...)
			}
		}
	})
	f.terminal = true
	for _, args := range [][]string{{hostile}, {"--" + hostile}, {"device", hostile}, {"help", hostile},
		{"__complete", "device", "tap", hostile}, {"device", "scan", "-"}} {
		try(args...)
	}
	for _, name := range []string{"OFFAUTH_WORLD", "OFFAUTH_IDENTITY", "OFFAUTH_KEYSTORE"} {
		before := f.env[name]
		f.env[name] = hostile
		try("device", "status")
		try("world", "create", "another", "--keystore", "file")
		try("keystore", "status")
		f.env[name] = before
	}
	hostileStories(t, try)
	t.Logf("%d command lines, of which %d show the text, made visible", runs, escaped)
	if runs < 500 || escaped < 200 {
		t.Errorf("%d command lines, of which %d show the text", runs, escaped)
	}
}

func leavesBelow(cmd *cobra.Command, do func(*cobra.Command)) {
	if !cmd.HasSubCommands() {
		do(cmd)
	}
	for _, c := range cmd.Commands() {
		leavesBelow(c, do)
	}
}

// hostileStories has files of hostile names and texts, where those are names.
func hostileStories(t *testing.T, try func(...string)) {
	t.Helper()
	dir := filepath.Join("scenarios", "in "+hostile)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Skip("this file system takes no such name")
	}
	text := "offauth: scenario/v1\nname: s\u202e\ndescription: \"\\e]0;x\\a\u009b\"\nclock: {start: " +
		"2026-03-02T08:00:00Z}\nsteps:\n  - workstation \u009b: {a: \"\u202e\"}\n"
	good := "offauth: scenario/v1\nname: good\ndescription: \"a \\e]0;x\\a\u200b\"\nclock: {start: " +
		"2026-03-02T08:00:00Z}\nsteps:\n" +
		"  - note: \"\\e]0;x\\a\\u009b\"\n    title: \"\\e[2J\"\n  - wait: 1s\n    expect: {refused: pin_used}\n"
	for name, text := range map[string]string{"bad" + hostile + ".scenario.yaml": text,
		"good" + hostile + ".scenario.yaml": good} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, format := range []string{"text", "short", "json", "github"} {
		try("scenario", "lint", "--format", format)
	}
	for _, verb := range []string{"list", "fmt", "run", "lint", "coverage", "explain", "show"} {
		try("scenario", verb, "scenarios")
		try("scenario", verb, dir)
		try("scenario", verb, filepath.Join(dir, "good"+hostile+".scenario.yaml"))
		try("scenario", verb, filepath.Join(dir, "bad"+hostile+".scenario.yaml"))
	}
	for _, kind := range []string{"text", "json", "junit", "tap", "events", "github"} {
		try("scenario", "run", "-v", "--report", kind+"=-", filepath.Join(dir, "good"+hostile+".scenario.yaml"))
	}
}

func TestVisibleOutputKeepsCharactersThatComeInPieces(t *testing.T) {
	t.Parallel()
	const text = "blå 🙂\ttab\r\nline\u202e\x1b[2J\xe2\x82"
	const want = "blå 🙂\ttab\r\nline\\u{202e}\\u{1b}[2J\\x{e2}\\x{82}"
	for size := 1; size < 8; size++ {
		var out bytes.Buffer
		s := app.Streams{Out: &out, Err: io.Discard}.Visible().Visible()
		for at := 0; at < len(text); at += size {
			piece := text[at:min(at+size, len(text))]
			if n, err := io.WriteString(s.Out, piece); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
		}
		s.Flush()
		if out.String() != want {
			t.Errorf("in pieces of %d: %q", size, out.String())
		}
	}
}

func TestJSONMeansTheSameWhenItIsMadeVisible(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := &app.Deps{Program: "offauth", Streams: app.Streams{Out: &out, Err: io.Discard}.Visible(),
		Flags: app.Flags{JSON: true}}
	text := "a\u202e\u009b\x1b\x7f"
	if d.Finish(app.Usage(nil, "%s", text)) != authn.ExitUsage {
		t.Error("another exit code")
	}
	var e app.Envelope
	if err := json.Unmarshal(out.Bytes(), &e); err != nil || e.Fault.Message != text || foul(out.String()) != "" {
		t.Errorf("%q: %v", out.String(), err)
	}
}

package cli

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
)

// TestEveryExampleRuns runs the examples of each command, in their order, in a
// world demo of their own, as a shell would: pipes included.
func TestEveryExampleRuns(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir) // an example may name a file
	for name, cmd := range leaves() {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			if raced && (name == "scenario run" || name == "scenario coverage") {
				t.Skip("they play the library, which its own test does under the race detector")
			}
			f := newDemo(t)
			_ = os.Remove("demo.snapshot") // of the example before
			f.ok("clock", "freeze")
			f.answers = exampleAnswers(f, name)
			ran := 0
			for _, line := range strings.Split(cmd.Example, "\n") {
				line = strings.TrimSpace(line)
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				if !strings.Contains(line, "offauth "+name) && ran == 0 && !strings.Contains(cmd.Example, "offauth "+name) {
					t.Errorf("the example %q is not about %q", line, name)
				}
				shell(t, f, line)
				ran++
			}
			if ran == 0 {
				t.Error("there is no example")
			}
		})
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range left {
		if !slices.Contains([]string{"lab-identity.txt", "code.png", "demo.snapshot", "man1", "report.xml", "scenarios",
			"laid-out.scenario.yaml"}, file.Name()) {
			t.Errorf("the examples leave %v behind", file)
		}
	}
}

// exampleAnswers is what the person types whom the examples of a command ask.
func exampleAnswers(f *fixture, name string) []string {
	f.answers = nil
	otp := func() string { return strings.TrimSpace(f.ok("device", "otp", "-q")) }
	switch name {
	case "workstation login":
		return []string{strings.TrimSpace(f.ok("device", "unlock", "-q"))}
	case "admin user set-password":
		return []string{"correct horse", "correct horse"}
	case "admin user set-pin":
		return []string{"4711", "4711"}
	case "admin authenticator resync":
		first := otp()
		f.ok("clock", "advance", "30s")
		return []string{first + " " + otp()}
	}
	return nil
}

// shell runs a line as a shell would.
func shell(t *testing.T, f *fixture, line string) {
	t.Helper()
	input := ""
	for _, stage := range strings.Split(line, " | ") {
		args := words(stage)
		if args[0] != "offauth" {
			t.Fatalf("%q runs another program", line)
		}
		var out, errs bytes.Buffer
		f.stdin = input
		f.terminal = len(f.answers) > 0
		code := Run(t.Context(), f.deps(&out, &errs), args[1:])
		if code != int(authn.ExitOK) {
			t.Errorf("%s: exit code %d\n%s%s", line, code, out.String(), errs.String())
		}
		input = out.String()
	}
}

// words splits a line as a shell does, single quotes included.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

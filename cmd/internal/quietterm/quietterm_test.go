//go:build !windows

package quietterm_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/creack/pty"

	"github.com/offauth/offauth/cmd/internal/quietterm"
)

// childEnv makes the test binary play a program of ours: it links bubbletea
// and quietterm as the real one does, and its main begins with Restore.
const childEnv = "OFFAUTH_TEST_QUIETTERM_CHILD"

// questions are the bytes that ask a terminal something.
var questions = []string{"\x1b]", "\x1b[c", "\x1b[6n"}

// unguarded is the same program without the guard.
const unguarded = `package main

import tea "github.com/charmbracelet/bubbletea"

func main() { _ = tea.Quit }
`

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	before := os.Getenv("TERM")
	quietterm.Restore()
	after, set := os.LookupEnv("TERM")
	_ = tea.Quit
	fmt.Printf("before=%s after=%q set=%t colours=%d\n", before, after, set, lipgloss.ColorProfile())
}

func TestAProgramThatLinksBubbleteaAsksASilentTerminalNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, env, want string
	}{
		{"colours", "TERM=xterm-256color", `before=dumb after="xterm-256color" set=true colours=1`},
		{"empty", "TERM=", `before=dumb after="" set=true colours=3`},
		{"unset", "", `before=dumb after="" set=false colours=3`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(environWithoutTerm(), childEnv+"=1")
			if row.env != "" {
				cmd.Env = append(cmd.Env, row.env)
			}
			out := outputOnSilentTerminal(t, cmd)
			assertNoQuestion(t, out)
			if !strings.Contains(out, row.want) {
				t.Errorf("the program wrote %q, want %q in it", out, row.want)
			}
		})
	}
}

// The control: without the guard the question is there, on this terminal and
// under these conditions. If this fails, bubbletea no longer asks: delete the
// guard.
func TestWithoutTheGuardTheQuestionIsAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(unguarded), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), build(t, source))
	cmd.Env = append(environWithoutTerm(), "TERM=xterm-256color")
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	// Read no further than the question: the program would wait on it.
	var seen []byte
	chunk := make([]byte, 64)
	for !asks(string(seen)) {
		n, err := terminal.Read(chunk)
		seen = append(seen, chunk[:n]...)
		if err != nil {
			t.Fatalf("bubbletea asked nothing before its end; it wrote %q", seen)
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func TestTheRealCommandAsksASilentTerminalNothing(t *testing.T) {
	t.Parallel()
	binary := build(t, "../../offauth")
	for _, args := range [][]string{{"version"}, {"device", "--help"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), binary, args...)
			cmd.Env = append(environWithoutTerm(), "TERM=xterm-256color", "OFFAUTH_HOME="+t.TempDir())
			out := outputOnSilentTerminal(t, cmd)
			assertNoQuestion(t, out)
			if out == "" {
				t.Error("the command wrote nothing at all")
			}
		})
	}
}

// outputOnSilentTerminal runs the command as the leader of a pseudo terminal
// that reads everything and answers nothing, and gives all that it wrote.
func outputOnSilentTerminal(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var out bytes.Buffer
	// Linux ends the reading of a pty whose other side is closed with EIO
	// where others say EOF, so the error tells nothing; the exit code does.
	_, _ = io.Copy(&out, terminal)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v; it wrote %q", err, out.String())
	}
	return out.String()
}

func assertNoQuestion(t *testing.T, out string) {
	t.Helper()
	if asks(out) {
		t.Errorf("the program asked the terminal something: %q", out)
	}
}

func asks(out string) bool {
	for _, question := range questions {
		if strings.Contains(out, question) {
			return true
		}
	}
	return false
}

// environWithoutTerm drops what else decides on colours, so that the rows
// hold on every machine.
func environWithoutTerm() []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "TERM", "COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GOOGLE_CLOUD_SHELL", "TMUX", "CI":
			continue
		}
		kept = append(kept, entry)
	}
	return kept
}

func build(t *testing.T, source string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", source, err, out)
	}
	return binary
}

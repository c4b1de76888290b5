package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/offauth/offauth/cmd/internal/cli"
	"github.com/offauth/offauth/cmd/internal/quietterm"
)

//go:generate go test . -run TestScripts -update

var update = flag.Bool("update", false, "rewrite what the tests compare with")

// TestMain lets the test binary act as the command offauth too: the scripts run
// the Main that users run.
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"offauth": func() {
			quietterm.Restore()
			os.Exit(cli.Main())
		},
	})
}

// tests are the tests of this package. With the race detector the command is a
// separate program, built without it: hundreds of processes run here, each
// would take some ten times as long, and the tests of cmd/internal/cli run the
// same commands with the detector.
type tests struct{ *testing.M }

// programVariable holds the path of that program for child processes.
const programVariable = "OFFAUTH_TEST_PROGRAM"

// Run implements testscript.TestingM.
func (m tests) Run() int {
	if raced && os.Getenv(programVariable) == "" {
		dir, err := os.MkdirTemp("", "offauth-program-")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			panic(fmt.Sprintf("go build: %v\n%s", err, out))
		}
		for name, value := range map[string]string{programVariable: dir,
			"PATH": dir + string(filepath.ListSeparator) + os.Getenv("PATH")} {
			if err := os.Setenv(name, value); err != nil {
				panic(err)
			}
		}
	}
	return m.M.Run()
}

// TestScripts runs the scripts in testdata/script. The first word of a script's
// name is its category; its header describes it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup:               setup,
		Condition:           condition,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exitcode": exitcode,
			"nowhere":  nowhere,
			"capture":  capture,
			"truncate": truncate,
			"pretty":   pretty,
			"picture":  picture,
			"respell":  respell,
			"spoil":    spoil,
			"escape":   escape,
			"lengthy":  lengthy,
			"demo":     (&template{dir: t.TempDir()}).demo,
			"keyring":  keyringCommand,
			"worldid":  worldid,
			"sql":      editSQL,
			"store":    store,
			"copy":     copyTree,
			"pair":     pair,
		},
	})
}

// setup keeps the scripts away from the user's own worlds, terminal and
// keyring.
func setup(e *testscript.Env) error {
	e.Setenv("OFFAUTH_HOME", filepath.Join(e.WorkDir, "home"))
	e.Setenv("NO_COLOR", "1")
	e.Setenv("GORACE", "atexit_sleep_ms=0") // else each process of a -race build sleeps a second at its end
	e.Values[desktopKey{}] = new(*desktop)
	for _, v := range noKeyring(e.WorkDir) {
		name, value, _ := strings.Cut(v, "=")
		e.Setenv(name, value)
	}
	return nil
}

// noKeyring returns the environment that keeps a process away from the user's
// keyring: worlds use files, and the session bus does not exist. Without an
// address the bus would be looked up under /run/user.
func noKeyring(dir string) []string {
	return []string{"OFFAUTH_KEYSTORE=file",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.ToSlash(filepath.Join(dir, "no-bus"))}
}

// template is a home with the world demo in it. Making one takes 25 KDFs, so
// other scripts begin with a copy.
type template struct {
	dir  string
	once sync.Once
	err  error
}

// demo puts a fresh demo into OFFAUTH_HOME, with its clock frozen.
func (m *template) demo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: demo")
	}
	home, kind := ts.Getenv("OFFAUTH_HOME"), ts.Getenv("OFFAUTH_KEYSTORE")
	ts.Setenv("OFFAUTH_KEYSTORE", "file") // a copy has no items in a keyring
	defer ts.Setenv("OFFAUTH_KEYSTORE", kind)
	m.once.Do(func() {
		for _, command := range [][]string{{"world", "create", "--demo"}, {"clock", "freeze", "--demo"}} {
			if m.err = ts.Exec("offauth", command...); m.err != nil {
				return
			}
		}
		m.err = os.CopyFS(m.dir, os.DirFS(home))
		if m.err == nil {
			m.err = os.RemoveAll(home)
		}
	})
	ts.Check(m.err)
	ts.Check(os.CopyFS(home, os.DirFS(m.dir)))
	ts.Check(ownOnly(home))
}

// ownOnly gives copied files the modes that offauth creates its files with.
func ownOnly(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	})
}

// pair FIRST SECOND FILE writes the first lines of two files as one line.
func pair(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: pair first second file")
	}
	line := strings.TrimSpace(ts.ReadFile(args[0])) + " " + strings.TrimSpace(ts.ReadFile(args[1])) + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(line), 0o600))
}

// exitcode N COMMAND... runs a command and checks its exit code.
func exitcode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	default:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// condition evaluates [tools-required]: every program that a script runs must
// be installed, so it may not be skipped; [keyring]: a desktop can be started
// for it; and [desktop]: the tests run on one.
func condition(cond string) (bool, error) {
	switch cond {
	case "tools-required":
		return os.Getenv("OFFAUTH_REQUIRE_TOOLS") != "", nil
	case "keyring":
		return canDesktop()
	case "desktop":
		return onBus(), nil
	}
	return false, fmt.Errorf("there is no condition %q", cond)
}

// capture NAME keeps the last stdout, without its newline, as a variable.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: capture NAME")
	}
	ts.Setenv(args[0], strings.TrimRight(ts.ReadFile("stdout"), "\r\n"))
}

// pretty FILE writes the JSON of the last stdout to a file, indented, with
// values that differ between runs masked.
func pretty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: pretty file")
	}
	var value any
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	decoder.UseNumber()
	ts.Check(decoder.Decode(&value))
	if decoder.More() {
		ts.Fatalf("there is more than one object on stdout")
	}
	mask(value)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	ts.Check(encoder.Encode(value))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// mask replaces values that no golden can contain.
func mask(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			text, isText := inner.(string)
			switch {
			case isText && text != "" && slices.Contains([]string{"pin", "otp", "data", "session", "registration", "folder",
				"created_at", "go", "os", "arch", "revision", "place", "file"}, key):
				v[key] = strings.ToUpper(key)
			case key == "id" && text != "":
				v[key] = "ID"
			case key == "item":
				v[key] = "ID" + strings.TrimLeft(text, "0123456789abcdef")
			case key == "seq", key == "generation", key == "newest", key == "took_seconds":
				v[key] = strings.ToUpper(key)
			case key == "events":
				// One item shows the shape; scripts check which ones there are.
				if events, ok := inner.([]any); ok && len(events) > 1 {
					v[key], inner = events[:1], events[:1]
				}
			case key == "version" && strings.ContainsAny(text, "(."):
				v[key] = "VERSION"
			}
			mask(inner)
		}
	case []any:
		for _, inner := range v {
			mask(inner)
		}
	}
}

// nowhere DIR TEXT... fails if a file below a folder contains one of the texts:
// in any case, in UTF-8 or UTF-16, or without the first or last byte.
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nowhere dir text...")
	}
	files := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, text := range args[1:] {
			if len(text) < 6 {
				return fmt.Errorf("%q is too short to be searched for", text)
			}
			if holds(data, text) || holds(data, text[1:]) || holds(data, text[:len(text)-1]) {
				return fmt.Errorf("%s holds a secret in clear", path)
			}
		}
		return nil
	}))
	if files == 0 {
		ts.Fatalf("there is no file below %s", args[0])
	}
}

func holds(data []byte, text string) bool {
	wide := make([]byte, 0, 2*len(text))
	for i := range len(text) {
		wide = append(wide, text[i], 0)
	}
	upper := bytes.ToUpper(data)
	return bytes.Contains(upper, bytes.ToUpper([]byte(text))) || bytes.Contains(upper, bytes.ToUpper(wide))
}

// truncate FILE N cuts a file down to N bytes.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate file size")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

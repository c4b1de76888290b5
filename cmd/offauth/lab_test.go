package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
)

// The harnesses of docs/harnesses.md (kills, races, full and failing disks) run
// offauth as commands, from outside, and judge it by what it prints. This file
// holds what they share: a lab, and the books about it.

// patience is far longer than any command takes; a command that exceeds it
// hangs, and the test fails.
const patience = 3 * time.Minute

// labWorld is the world of a lab.
const labWorld = "lab"

// lab is a home with the world lab in it: alice's pixel is paired with
// LAPTOP-7 and holds 10 PINs, the workstation is locked, the clock is frozen.
type lab struct {
	dir string
	// demo reports whether the demo chooses the identity.
	demo  bool
	books *books
}

// labTemplate creates the lab once; every test starts with a copy.
var labTemplate = sync.OnceValues(func() (fstest.MapFS, error) {
	dir, err := os.MkdirTemp("", "offauth-lab")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	l := &lab{dir: dir}
	for _, line := range []string{
		"world create " + labWorld + " --keystore file", "clock freeze",
		"admin policy set hypr.offline.enabled=true hypr.pins.count=10",
		"admin user add alice", "workstation add LAPTOP-7 --family hypr", "device register pixel --user alice",
		"device pair LAPTOP-7 --phone pixel", "device tap LAPTOP-7 --phone pixel", "workstation lock LAPTOP-7",
	} {
		if a := l.run(context.Background(), nil, "", strings.Fields(line)...); a.exit != 0 {
			return nil, errors.New(a.String())
		}
	}
	return readTree(dir)
})

func newLab(t *testing.T) *lab {
	t.Helper()
	files, err := labTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return labOf(t, t.TempDir(), files, newBooks())
}

// labOf puts a copy of a lab into a folder.
func labOf(t *testing.T, dir string, files fstest.MapFS, b *books) *lab {
	t.Helper()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	return &lab{dir: dir, books: b}
}

// readTree reads all files below a folder.
func readTree(dir string) (fstest.MapFS, error) {
	files := fstest.MapFS{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = &fstest.MapFile{Data: data, Mode: 0o600}
		return err
	})
	return files, err
}

func (l *lab) home() string { return filepath.Join(l.dir, "home") }

// env has no session bus, so that no test reaches the user's own keyring. A
// binary built with -race waits a second before it exits unless told not to.
func (l *lab) env() []string {
	env := slices.DeleteFunc(bare(), func(v string) bool {
		return strings.HasPrefix(v, "DBUS_SESSION_BUS_ADDRESS=") || strings.HasPrefix(v, "XDG_RUNTIME_DIR=")
	})
	env = append(env, "OFFAUTH_HOME="+l.home(), "OFFAUTH_KEYSTORE=file", "NO_COLOR=1", "GORACE=atexit_sleep_ms=0")
	if !l.demo {
		env = append(env, "OFFAUTH_WORLD="+labWorld, "OFFAUTH_IDENTITY="+filepath.Join(l.dir, "identity.txt"))
	}
	return env
}

// answer is a command's exit code and output.
type answer struct {
	args      []string
	exit      int // -1: it was killed
	late      bool
	took      time.Duration
	out, errs string
	*reply    // nil unless stdout holds the whole object of --json
}

// reply is the object of --json.
type reply struct {
	OK      bool
	Result  json.RawMessage
	Events  []event
	Refusal *struct{ Code, Rule string }
	Fault   *struct{ Code, Message, Hint string }
}

type event struct {
	Seq                               uint64
	At                                time.Time
	Site, Kind, Subject, Result, Rule string
	Fields                            map[string]any
}

func (e event) number(field string) int { n, _ := e.Fields[field].(float64); return int(n) }

func (a answer) String() string {
	return fmt.Sprintf("offauth %s: exit %d\n%s%s", strings.Join(a.args, " "), a.exit, a.out, a.errs)
}

// code is the code of the refusal or fault.
func (a answer) code() string {
	switch {
	case a.reply == nil:
		return ""
	case a.Refusal != nil:
		return a.Refusal.Code
	case a.Fault != nil:
		return a.Fault.Code
	}
	return ""
}

// command returns a process with --json that has not started; prefix is a
// program that runs it.
func (l *lab) command(ctx context.Context, prefix []string, stdin string, args ...string) *exec.Cmd {
	program, err := exec.LookPath("offauth")
	if err != nil {
		panic(err) // TestMain puts it there
	}
	line := append(slices.Clone(prefix), program)
	line = append(append(line, args...), "--json")
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Env = l.env()
	cmd.Stdin = strings.NewReader(stdin)
	return cmd
}

func (l *lab) run(ctx context.Context, prefix []string, stdin string, args ...string) answer {
	return l.killed(ctx, -1, prefix, stdin, args...)
}

// killed runs a command and kills it after a while, unless the duration is
// negative or the command is faster.
func (l *lab) killed(ctx context.Context, after time.Duration, prefix []string, stdin string, args ...string) answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := l.command(ctx, prefix, stdin, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	a := answer{args: args, exit: -1}
	begun := time.Now()
	err := cmd.Start()
	var shot atomic.Bool
	if err == nil {
		if after >= 0 {
			defer time.AfterFunc(after, func() { shot.Store(cmd.Process.Kill() == nil) }).Stop()
		}
		err = cmd.Wait()
	}
	a.took, a.late = time.Since(begun), ctx.Err() != nil
	a.out, a.errs = out.String(), errs.String()
	if cmd.ProcessState == nil {
		a.errs += err.Error()
		return a
	}
	a.exit = cmd.ProcessState.ExitCode()
	if a.exit == 1 && shot.Load() && runtime.GOOS == "windows" {
		a.exit = -1 // what is killed there ends with 1
	}
	var r reply
	if strings.HasSuffix(a.out, "}\n") && json.Unmarshal(out.Bytes(), &r) == nil {
		a.reply = &r
	}
	return a
}

// try runs a command to its end.
func (l *lab) try(t *testing.T, stdin string, args ...string) answer {
	t.Helper()
	a := l.run(t.Context(), nil, stdin, args...)
	if a.late || a.reply == nil || a.exit == 1 {
		t.Fatal(a)
	}
	return a
}

// must runs a command that must succeed; the line is split at blanks.
func (l *lab) must(t *testing.T, line string) answer {
	t.Helper()
	a := l.try(t, "", strings.Fields(line)...)
	if a.exit != 0 {
		t.Fatal(a)
	}
	return a
}

func result[R any](t *testing.T, a answer) R {
	t.Helper()
	var r R
	if a.reply == nil || json.Unmarshal(a.Result, &r) != nil {
		t.Fatalf("no result: %s", a)
	}
	return r
}

// shownPIN is the result of "device unlock".
type shownPIN struct {
	PIN      string
	Same     bool
	Left, Of int
}

// unlock shows a PIN and records it.
func (l *lab) unlock(t *testing.T) shownPIN {
	t.Helper()
	a := l.must(t, "device unlock LAPTOP-7 --phone pixel")
	l.books.printed(t, a)
	return result[shownPIN](t, a)
}

// fresh shows a PIN that was never shown, after an online login if the set is
// empty.
func (l *lab) fresh(t *testing.T) string {
	t.Helper()
	l.must(t, "device hide --phone pixel")
	if l.audit(t).left == 0 {
		l.must(t, "device tap LAPTOP-7 --phone pixel")
	}
	l.must(t, "workstation lock LAPTOP-7")
	return l.unlock(t).PIN
}

// login types a PIN.
func (l *lab) login(t *testing.T, pin string) answer {
	t.Helper()
	return l.try(t, pin+"\n", strings.Fields("workstation login LAPTOP-7 --user alice --stdin")...)
}

// books hold what was printed about a world, to be compared with its state.
type books struct {
	// pins counts how often each completely printed PIN has unlocked.
	pins map[string]int
	last string // the newest of them, where it is known
	// racing are the PINs of a race in progress.
	racing []shownPIN
	// lost is the number of PINs that may be spent without being printed: one
	// for each killed unlock.
	lost int
	// typed is a PIN whose login was killed: it may have unlocked.
	typed string
	// log is the last log read, and unlocks its offline unlocks.
	log     []event
	unlocks int
}

func newBooks() *books { return &books{pins: map[string]int{}} }

func (b *books) clone() *books {
	c := *b
	c.pins, c.log = maps.Clone(b.pins), slices.Clone(b.log)
	return &c
}

// printed records a PIN, if the command printed one: never twice as new (A12).
func (b *books) printed(t *testing.T, a answer) {
	t.Helper()
	if a.reply == nil || !a.OK {
		return
	}
	r := result[shownPIN](t, a)
	if r.PIN == "" {
		t.Fatalf("no PIN: %s", a)
	}
	_, known := b.pins[r.PIN]
	if known && !r.Same {
		t.Fatalf("A12: %s was shown as new twice", r.PIN)
	}
	if r.Same && known && b.last != "" && r.PIN != b.last {
		t.Fatalf("H19: %s is shown as the same, and %s was the last", r.PIN, b.last)
	}
	if !known {
		b.pins[r.PIN] = 0
	}
	b.last = r.PIN
}

// accepted records that a PIN has unlocked: once (A13).
func (b *books) accepted(t *testing.T, pin string) {
	t.Helper()
	b.unlocks++
	if b.pins[pin]++; b.pins[pin] > 1 {
		t.Fatalf("A13: %s has unlocked %d times", pin, b.pins[pin])
	}
}

// tally is the state of the books after an audit.
type tally struct {
	left, failures int
	locked         bool
}

// audit compares the world with its own events and with what was printed: A12,
// A13, A15.
func (l *lab) audit(t *testing.T) tally {
	t.Helper()
	log := result[struct{ Items []event }](t, l.must(t, "log --last 0")).Items
	phones := result[struct{ Items []iconRow }](t, l.must(t, "device status")).Items
	ws := result[workstationRow](t, l.must(t, "workstation status LAPTOP-7"))
	s := recount(t, log)
	b := l.books
	if len(log) < len(b.log) || len(b.log) > 0 && !reflect.DeepEqual(log[:len(b.log)], b.log) {
		t.Fatalf("A15: the log is not what it was: it had %d events and has %d", len(b.log), len(log))
	}
	b.log = log
	if b.typed != "" && s.unlocks == b.unlocks+1 {
		b.accepted(t, b.typed)
	}
	b.typed = ""
	if s.unlocks != b.unlocks {
		t.Fatalf("A13: %d offline logins in the log, %d were told", s.unlocks, b.unlocks)
	}
	if untold := s.shown - len(b.pins); untold < 0 || untold > b.lost {
		t.Fatalf("A13: %d PINs were spent and %d told; at most %d may be lost", s.shown, len(b.pins), b.lost)
	}
	b.lost = s.shown - len(b.pins)
	pixel := phones[slices.IndexFunc(phones, func(r iconRow) bool { return r.Phone == "pixel" })]
	if s.phoneHas && !(s.pairedAgain && pixel.Of == 0) && (pixel.Left != s.of-s.shownOfSet || pixel.Of != s.of) ||
		!s.phoneHas && pixel.Of != 0 {
		t.Fatalf("pixel has %d of %d PINs; by the log it has a set: %v, of %d, and %d were shown", pixel.Left, pixel.Of,
			s.phoneHas, s.of, s.shownOfSet)
	}
	if len(ws.Accounts) != 1 || len(ws.Accounts[0].Sets) > 1 || len(ws.Accounts[0].Sets) == 1 != s.wsHas {
		t.Fatalf("LAPTOP-7 keeps %+v; by the log it has a set: %v", ws.Accounts, s.wsHas)
	}
	if a := ws.Accounts[0]; a.Failures != s.failures ||
		s.wsHas && (a.Sets[0].Number != s.number || a.Sets[0].Left != s.of-s.usedOfSet) {
		t.Fatalf("LAPTOP-7 keeps %+v; by the log set %d, %d of %d used, %d wrong PINs", a, s.number, s.usedOfSet, s.of,
			s.failures)
	}
	if ws.Locked != s.locked {
		t.Fatalf("LAPTOP-7 is locked: %v; by the log %v", ws.Locked, s.locked)
	}
	return tally{left: pixel.Left, failures: s.failures, locked: ws.Locked}
}

type iconRow struct {
	Phone, State string
	Left, Of     int
}

type workstationRow struct {
	Locked   bool
	Accounts []struct {
		Failures int
		Sets     []struct{ Number, Left, Of int }
	}
}

// sums are the totals of a log.
type sums struct {
	shown, unlocks, failures          int
	number, of, shownOfSet, usedOfSet int  // of the newest set
	phoneHas, wsHas                   bool // whether the sides have that set
	pairedAgain                       bool // so the phone may have dropped it
	locked                            bool
}

// recount adds up a log, which must be in order and without gaps (A15).
func recount(t *testing.T, log []event) sums {
	t.Helper()
	s := sums{locked: true}
	for i, e := range log {
		if e.Seq != uint64(i+1) || i > 0 && e.At.Before(log[i-1].At) {
			t.Fatalf("A15: event %d of the log is number %d, at %v", i+1, e.Seq, e.At)
		}
		switch {
		case e.Kind == "pins_issued":
			s.number, s.of, s.shownOfSet, s.usedOfSet = e.number("number"), e.number("count"), 0, 0
			s.wsHas = true
		case e.Kind == "pins_stored":
			s.phoneHas, s.pairedAgain = true, false
		case e.Kind == "paired" && e.Site == "phone/pixel":
			s.pairedAgain = true
		case e.Kind == "pins_deleted" && e.number("number") == s.number:
			s.phoneHas = s.phoneHas && e.Site != "phone/pixel"
			s.wsHas = s.wsHas && e.Site != "workstation/LAPTOP-7"
		case e.Kind == "pin_shown":
			s.shown++
			s.shownOfSet++
			if e.number("number") != s.number || e.number("left") != s.of-s.shownOfSet {
				t.Fatalf("A12: %v is PIN %d of %d of set %d", e, s.shownOfSet, s.of, s.number)
			}
		case e.Kind == "locked":
			s.locked = true
		case e.Kind == "unlocked":
			s.locked, s.failures = false, 0
			if e.Fields["mode"] == "offline" {
				s.unlocks++
				s.usedOfSet++
				if e.number("left") != s.of-s.usedOfSet {
					t.Fatalf("A12: %v is login %d with set %d", e, s.usedOfSet, s.number)
				}
			}
		case e.Kind == "refused" && e.Fields["failures"] != nil: // a wrong PIN, or a used one
			if s.failures++; e.number("failures") != s.failures {
				t.Fatalf("A6: %v is wrong PIN %d", e, s.failures)
			}
		}
	}
	return s
}

// sweep fails if the home contains anything that belongs to no world, after a
// create or delete that followed kills (A13).
func (l *lab) sweep(t *testing.T) {
	t.Helper()
	ids := map[string]string{}
	for _, w := range result[struct {
		Items []struct {
			World, ID string
			Fault     any
		}
	}](t, l.must(t, "world list")).Items {
		if w.ID == "" || w.Fault != nil {
			t.Fatalf("half a world: %+v", w)
		}
		ids[w.World] = w.ID
	}
	owner := func(item string) bool {
		id, _, _ := strings.Cut(item, ".")
		return slices.Contains(slices.Collect(maps.Values(ids)), id)
	}
	for folder, known := range map[string]func(string) bool{
		"worlds": func(name string) bool { return ids[name] != "" || name == ".lock" },
		"vault":  owner,
	} {
		entries, err := os.ReadDir(filepath.Join(l.home(), folder))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !known(e.Name()) {
				t.Errorf("A13: %s/%s is left behind", folder, e.Name())
			}
		}
	}
	for world, id := range ids {
		if len(glob(t, filepath.Join(l.home(), "vault", id+".key*"))) != 1 {
			t.Errorf("A13: the key of %s is not in the vault", world)
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// deed is one mutating command of the harnesses.
type deed struct {
	name string
	// ready prepares the lab, and returns the command and its stdin.
	ready func(t *testing.T, l *lab, nth int) (stdin, line string)
	// again, if set, checks the next command after a killed deed; the other
	// deeds are followed by an audit only.
	again func(t *testing.T, l *lab, stdin, line string, cut answer)
}

func plain(line string) func(*testing.T, *lab, int) (string, string) {
	return func(_ *testing.T, _ *lab, nth int) (string, string) {
		return "", strings.ReplaceAll(line, "#", strconv.Itoa(nth))
	}
}

// deeds returns all deeds. A number in a name keeps it unique.
func deeds() []deed {
	return []deed{
		{"device unlock", func(t *testing.T, l *lab, _ int) (string, string) {
			l.must(t, "device hide --phone pixel")
			if l.audit(t).left == 0 {
				l.must(t, "device tap LAPTOP-7 --phone pixel")
				l.must(t, "workstation lock LAPTOP-7")
			}
			return "", "device unlock LAPTOP-7 --phone pixel"
		}, unlockAgain},
		{"device hide",
			func(t *testing.T, l *lab, _ int) (string, string) { l.fresh(t); return "", "device hide --phone pixel" }, nil},
		{"device restart",
			func(t *testing.T, l *lab, _ int) (string, string) { l.fresh(t); return "", "device restart pixel" }, nil},
		{"workstation restart", plain("workstation restart LAPTOP-7"), nil},
		{"workstation login", func(t *testing.T, l *lab, _ int) (string, string) {
			return l.fresh(t) + "\n", "workstation login LAPTOP-7 --user alice --stdin"
		}, loginAgain},
		{"workstation login, wrong", func(t *testing.T, l *lab, _ int) (string, string) {
			l.must(t, "workstation lock LAPTOP-7")
			return "22222222\n", "workstation login LAPTOP-7 --user alice --stdin"
		}, nil},
		{"device tap", plain("device tap LAPTOP-7 --phone pixel"), nil},
		{"workstation lock", func(t *testing.T, l *lab, _ int) (string, string) {
			pin := l.fresh(t)
			if a := l.login(t, pin); a.exit != 0 {
				t.Fatal(a)
			}
			l.books.accepted(t, pin)
			return "", "workstation lock LAPTOP-7"
		}, nil},
		{"device pair", plain("device pair LAPTOP-7 --phone pixel"), nil},
		{"device register", func(t *testing.T, l *lab, nth int) (string, string) {
			l.must(t, fmt.Sprintf("admin user add bob-%d", nth))
			return "", fmt.Sprintf("device register phone-%d --user bob-%d", nth, nth)
		}, existsAgain},
		{"workstation add", plain("workstation add DESK-# --family hypr"), existsAgain},
		{"admin user add", plain("admin user add carol-#"), existsAgain},
		{"admin policy set", plain("admin policy set hypr.pins.display_timeout=#"), nil},
		{"link set", func(_ *testing.T, _ *lab, nth int) (string, string) {
			return "", "link set workstation/LAPTOP-7 " + []string{"down", "captive", "up"}[nth%3]
		}, func(t *testing.T, l *lab, _, _ string, _ answer) { l.must(t, "link set workstation/LAPTOP-7 up") }},
		{"link fault", plain("link fault replay pair_order --nth 999"), nil},
		{"clock advance", plain("clock advance 1s"), nil},
		{"world create", plain("world create other"), worldAgain},
		{"world delete", func(t *testing.T, l *lab, _ int) (string, string) {
			l.must(t, "world create other")
			return "", "world delete other --force"
		}, worldAgain},
	}
}

// unlockAgain checks that a printed PIN was spent (spend, then tell), and that
// a spent, unprinted one is shown while it is visible (H19).
func unlockAgain(t *testing.T, l *lab, _, _ string, cut answer) {
	t.Helper()
	before, told := l.books.last, cut.reply != nil && cut.OK
	r := l.unlock(t)
	if told && (!r.Same || r.PIN != before) {
		t.Fatalf("A13: %s was printed, and the next unlock shows %s (same: %v)", before, r.PIN, r.Same)
	}
}

// loginAgain checks that a PIN that has unlocked, reported or not, never does
// so again (H23).
func loginAgain(t *testing.T, l *lab, stdin, _ string, _ answer) {
	t.Helper()
	l.audit(t)
	pin := strings.TrimSpace(stdin)
	used := l.books.pins[pin] > 0
	l.must(t, "workstation lock LAPTOP-7")
	a := l.login(t, pin)
	switch {
	case used && a.code() != "pin_used":
		t.Fatalf("A13: a used PIN: %s", a)
	case !used && a.exit != 0:
		t.Fatalf("A13: a PIN that was not used: %s", a)
	case !used:
		l.books.accepted(t, pin)
	}
}

// existsAgain checks that a thing exists or can be created.
func existsAgain(t *testing.T, l *lab, _, line string, _ answer) {
	t.Helper()
	if a := l.try(t, "", strings.Fields(line)...); a.exit != 0 && a.code() != "already_there" {
		t.Fatalf("A13: %s", a)
	}
}

// worldAgain checks that a world exists completely or not at all, and that the
// next create and delete leave nothing behind.
func worldAgain(t *testing.T, l *lab, _, _ string, _ answer) {
	t.Helper()
	if a := l.try(t, "", "world", "create", "other"); a.exit != 0 && a.code() != "world_exists" {
		t.Fatalf("A13: %s", a)
	}
	l.must(t, "admin user add dave --world other")
	l.sweep(t)
	l.must(t, "world delete other --force")
	l.sweep(t)
}

// after compares the world with the books after a deed, killed or not.
func (l *lab) after(t *testing.T, d deed, stdin, line string, a answer) {
	t.Helper()
	if a.exit == 1 || strings.Contains(a.errs, "panic") || strings.Contains(a.errs, "goroutine") {
		t.Fatalf("a bug: %s", a)
	}
	told := a.reply != nil && a.OK
	switch {
	case strings.HasPrefix(line, "device unlock LAPTOP-7 --phone pixel"):
		l.books.printed(t, a)
		if !told {
			l.books.lost++
		}
	case stdin != "" && told:
		l.books.accepted(t, strings.TrimSpace(stdin))
	case stdin != "":
		l.books.typed = strings.TrimSpace(stdin)
	}
	l.audit(t)
	if d.again != nil {
		d.again(t, l, stdin, line, a)
		l.audit(t)
	}
}

// seed returns a test's random source, and prints how to repeat it.
func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := rand.Uint64()
	if text := os.Getenv("OFFAUTH_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("OFFAUTH_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 1))
}

// share returns some, or much with OFFAUTH_LONG=1.
func share(some, much int) int {
	if os.Getenv("OFFAUTH_LONG") != "" {
		return much
	}
	return some
}

// absentf skips a test that lacks a program or a right, or fails it where
// every tool must be there.
func absentf(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("OFFAUTH_REQUIRE_TOOLS") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

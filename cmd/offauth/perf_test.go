package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// The comparisons of docs/performance.md: whole processes, as a user starts
// them. None checks an absolute time. Contenders run in turns in one run, and
// their medians are compared; a missed limit is measured again, as load on the
// machine only adds to a time.
const (
	perfRounds = 60
	perfTries  = 3
	// perfEvents is the number of events in a world of a long life.
	perfEvents = 1_000_000
)

// contender is one program of a comparison.
type contender struct {
	name string
	// before runs the unmeasured preparation.
	before func(t *testing.T, round int)
	// start returns a new process, not started yet.
	start func() *exec.Cmd
	exit  int

	wall, cpu []time.Duration
}

// compare runs contenders in turns, until the first takes at most limit times
// as long as the second or the tries are used up.
func compare(t *testing.T, limit float64, mine, other *contender) {
	t.Helper()
	compareBy(t, func(c *contender) []time.Duration { return c.wall }, limit, mine, other)
}

// compareCPU compares processor time, which depends less on the machine's load.
func compareCPU(t *testing.T, limit float64, mine, other *contender) {
	t.Helper()
	compareBy(t, func(c *contender) []time.Duration { return c.cpu }, limit, mine, other)
}

func compareBy(t *testing.T, times func(*contender) []time.Duration, limit float64, mine, other *contender) {
	t.Helper()
	all := []*contender{mine, other}
	var ratio float64
	for range perfTries {
		race(t, perfRounds, all...)
		ratio = float64(median(times(mine))) / float64(median(times(other)))
		t.Logf("%s / %s: %.2f, at most %.2f (wall %.2f, processor %.2f); medians %v and %v, least %v and %v, of %d rounds",
			mine.name, other.name, ratio, limit, float64(median(mine.wall))/float64(median(other.wall)),
			float64(median(mine.cpu))/float64(median(other.cpu)), median(mine.wall), median(other.wall), slices.Min(mine.wall),
			slices.Min(other.wall), perfRounds)
		if ratio <= limit {
			return
		}
	}
	t.Errorf("%s takes %.2f times as long as %s, and %.2f is the limit", mine.name, ratio, other.name, limit)
}

// race measures contenders in turns.
func race(t *testing.T, rounds int, all ...*contender) {
	t.Helper()
	for _, c := range all {
		c.wall, c.cpu = nil, nil
	}
	for round := range rounds {
		for _, c := range all {
			if c.before != nil {
				c.before(t, round)
			}
			cmd := c.start()
			begun := time.Now()
			err := cmd.Run()
			took := time.Since(begun)
			if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != c.exit {
				t.Fatalf("%s: %v", c.name, err)
			}
			c.wall = append(c.wall, took)
			c.cpu = append(c.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		}
	}
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// long skips tests that take minutes.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("OFFAUTH_LONG") == "" {
		t.Skip("takes minutes; OFFAUTH_LONG=1 runs it")
	}
}

// binaries are the programs that the comparisons run.
type binaries struct{ offauth, hello, peak string }

// hello is the smallest Go program.
const hello = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// peak runs a command and prints its peak memory in KiB. It is a separate
// process because on Linux a child's peak includes its parent's at the fork,
// and a test is large.
const peak = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}
`

// perfBinaries builds them like a release: without cgo, whose C library takes
// time to start, and without symbols.
func perfBinaries(t *testing.T) binaries {
	t.Helper()
	dir := t.TempDir()
	bin := binaries{offauth: filepath.Join(dir, "offauth"), hello: filepath.Join(dir, "hello"),
		peak: filepath.Join(dir, "peak")}
	for binary, source := range map[string]string{bin.offauth: "", bin.hello: hello, bin.peak: peak} {
		from := "."
		if source != "" {
			from = binary + ".go"
			if err := os.WriteFile(from, []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, from)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", filepath.Base(binary), err, out)
		}
	}
	return bin
}

// stage is a home with one world in it, in which alice's pixel is paired with
// LAPTOP-7, has a set of PINs, and the workstation is locked.
type stage struct {
	bin            binaries
	home, identity string
	// desktop is the environment of the keyring with the world's keys; without
	// one they are in files.
	desktop []string
	// shown counts the PINs of the set that were shown, of count.
	shown, count int
}

func newStage(t *testing.T, bin binaries, pins int) *stage {
	t.Helper()
	dir := t.TempDir()
	s := &stage{bin: bin, home: filepath.Join(dir, "home"), identity: filepath.Join(dir, "identity.txt"), count: pins,
		desktop: noKeyring(dir)}
	s.furnish(t)
	return s
}

// furnish creates the world.
func (s *stage) furnish(t *testing.T) {
	t.Helper()
	s.run(t, "world", "create", "perf")
	s.run(t, "admin", "policy", "set", "hypr.offline.enabled=true", "hypr.pins.count="+strconv.Itoa(s.count))
	s.run(t, "admin", "user", "add", "alice")
	s.run(t, "workstation", "add", "LAPTOP-7", "--family", "hypr")
	s.run(t, "device", "register", "pixel", "--user", "alice")
	s.run(t, "device", "pair")
	s.renew(t)
}

// renew gets a new set of PINs with an online login.
func (s *stage) renew(t *testing.T) {
	t.Helper()
	s.run(t, "device", "tap")
	s.run(t, "workstation", "lock")
	s.shown = 0
}

// command returns a process of offauth in the stage's world.
func (s *stage) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.bin.offauth, args...)
	cmd.Env = s.env()
	return cmd
}

func (s *stage) env() []string {
	return append(append(bare(), s.desktop...), "OFFAUTH_HOME="+s.home, "OFFAUTH_IDENTITY="+s.identity)
}

// bare returns the environment without the variables of offauth.
func bare() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "OFFAUTH_") })
}

func (s *stage) run(t *testing.T, args ...string) {
	t.Helper()
	if out, err := s.command(args...).CombinedOutput(); err != nil {
		t.Fatalf("offauth %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// unlock is the contender that shows the next PIN: showing a visible one again
// would be less work.
func (s *stage) unlock(name string) *contender {
	return &contender{
		name: name,
		before: func(t *testing.T, _ int) {
			s.run(t, "device", "hide")
			if s.shown++; s.shown > s.count {
				s.renew(t)
				s.shown = 1
			}
		},
		start: func() *exec.Cmd { return s.command("device", "unlock", "-q") },
	}
}

// TestPerfUnlock compares "device unlock -q" with the smallest Go program, and
// with another tool that shows a code.
func TestPerfUnlock(t *testing.T) {
	long(t)
	s := newStage(t, perfBinaries(t), 100)
	t.Run("hello", func(t *testing.T) {
		compareCPU(t, 7, s.unlock("device unlock -q"),
			&contender{name: "hello world", start: func() *exec.Cmd { return exec.Command(s.bin.hello) }})
	})
	t.Run("totp-cli", func(t *testing.T) {
		path, err := exec.LookPath("totp-cli")
		if err != nil {
			if os.Getenv("OFFAUTH_REQUIRE_TOOLS") != "" {
				t.Fatal(err)
			}
			t.Skip("totp-cli is not there: go install github.com/yitsushi/totp-cli@latest")
		}
		compare(t, 2, s.unlock("device unlock -q"), &contender{name: "totp-cli instant", start: func() *exec.Cmd {
			cmd := exec.Command(path, "instant")
			cmd.Env = append(bare(), "TOTP_TOKEN=JBSWY3DPEHPK3PXP")
			return cmd
		}})
	})
}

// TestPerfMemory checks that the peak memory of "device unlock -q" is under 40
// MB.
func TestPerfMemory(t *testing.T) {
	long(t)
	if runtime.GOOS != "linux" {
		t.Skip("reads what Linux says of a process")
	}
	s := newStage(t, perfBinaries(t), 100)
	var most int
	for round := range 5 {
		s.unlock("").before(t, round)
		cmd := exec.Command(s.bin.peak, s.bin.offauth, "device", "unlock", "-q")
		cmd.Env = s.env()
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		kib, err := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, kib)
	}
	t.Logf("device unlock -q: %.1f MB at most, under 40 MB", float64(most)*1024/1e6)
	if most*1024 >= 40_000_000 {
		t.Errorf("device unlock -q holds %d KiB", most)
	}
}

// TestPerfManyEvents compares "device unlock -q" in a world with a million
// events with the same world without them.
func TestPerfManyEvents(t *testing.T) {
	long(t)
	few := newStage(t, perfBinaries(t), 100)
	many := *few
	many.home = filepath.Join(t.TempDir(), "home")
	if err := os.CopyFS(many.home, os.DirFS(few.home)); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	many.fill(t, perfEvents)
	t.Logf("%d events written in %v", perfEvents, time.Since(begun).Round(time.Second))
	compare(t, 1.2, many.unlock("device unlock -q, a million events"), few.unlock("device unlock -q, few events"))
}

// TestPerfWrongPIN compares the check of a wrong PIN against 100 PINs with that
// against 10: an attempt costs one KDF, however many PINs there are.
func TestPerfWrongPIN(t *testing.T) {
	long(t)
	wrong := func(s *stage, name string) *contender {
		return &contender{name: name, exit: 4, start: func() *exec.Cmd {
			cmd := s.command("workstation", "login", "--stdin")
			cmd.Stdin = strings.NewReader("22222222\n")
			return cmd
		}}
	}
	bin := perfBinaries(t)
	compare(t, 1.1, wrong(newStage(t, bin, 100), "a wrong PIN, 100 PINs"),
		wrong(newStage(t, bin, 10), "a wrong PIN, 10 PINs"))
}

// fill writes the events of a long life.
func (s *stage) fill(t *testing.T, count int) {
	t.Helper()
	ctx := t.Context()
	home := worlds.Home{Dir: s.home}
	w, err := home.Open(ctx, "perf", func(keystore.Kind, string) (keystore.Vault, error) {
		identity, err := vault.LoadIdentityFile(s.identity)
		if err != nil {
			return nil, err
		}
		return vault.NewFile(home.VaultDir(), identity), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const portion = 10_000
	for range count / portion {
		if err := writeEvents(ctx, w, portion); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// writeEvents writes events and the number of the newest, which the world
// keeps beside its clock.
func writeEvents(ctx context.Context, w *worlds.World, count int) error {
	return w.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		clock, err := r.Record(authn.SiteWorld, "clock")
		if err != nil {
			return authn.Batch{}, err
		}
		var state map[string]json.RawMessage
		var seq uint64
		if err := json.Unmarshal(clock.Public, &state); err != nil {
			return authn.Batch{}, err
		}
		if err := json.Unmarshal(state["seq"], &seq); err != nil {
			return authn.Batch{}, err
		}
		b := authn.Batch{Append: make([]authn.Event, count)}
		begun := time.Now().UTC()
		for i := range b.Append {
			seq++
			b.Append[i] = authn.Event{
				Seq: seq, At: begun, Site: authn.Phone("pixel"), Kind: "pin_shown", Subject: "alice@LAPTOP-7", Result: "ok",
				Rule:   "H17",
				Fields: map[string]any{"left": int64(seq % 100), "of": int64(100), "phone": "pixel"},
			}
		}
		state["seq"] = json.RawMessage(strconv.FormatUint(seq, 10))
		clock.Version++
		if clock.Public, err = json.Marshal(state); err != nil {
			return authn.Batch{}, err
		}
		b.Put = []authn.Record{clock}
		return b, nil
	})
}

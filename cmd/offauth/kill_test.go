package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// measureEvery is the number of rounds between two measurements of how long the
// commands take, as that changes with the machine's load.
const measureEvery = 8

// TestKillAtRandomMoments kills every mutating command at moments drawn
// uniformly over its run time. After each kill the next command must work
// without a repair, the books must balance, every printed PIN must be spent,
// and nothing may unlock twice. Rules: A12, A13, A15.
func TestKillAtRandomMoments(t *testing.T) {
	t.Parallel()
	random := seed(t)
	l := newLab(t)
	list := deeds()
	span := make([]time.Duration, len(list))
	kills := 0
	every := share(2, 1) // a share takes one half of them, drawn at random
	half := random.IntN(every)
	for round := range 1 + share(1, 199) {
		for i, d := range list {
			if i%every != half {
				continue
			}
			stdin, line := d.ready(t, l, 10+round)
			after := time.Duration(-1) // one round in so many measures
			if round%measureEvery > 0 {
				after = time.Duration(random.Int64N(int64(span[i])))
			}
			a := l.killed(t.Context(), after, nil, stdin, strings.Fields(line)...)
			if a.exit == -1 {
				kills++
			} else if after < 0 {
				span[i] = a.took
			}
			t.Logf("%s: killed after %v of %v: %v", d.name, after, span[i], a.exit == -1)
			l.after(t, d, stdin, line, a)
			if t.Failed() {
				return
			}
		}
	}
	l.sweep(t)
	t.Logf("%d kills, %d PINs told, %d lost, %d offline logins, %d events", kills, len(l.books.pins), l.books.lost,
		l.books.unlocks, len(l.books.log))
}

// TestKillTheFirstCommand kills "device unlock --demo" on a fresh machine: the
// next one creates the demo completely. Rule A13.
func TestKillTheFirstCommand(t *testing.T) {
	t.Parallel()
	random := seed(t)
	args := []string{"device", "unlock", "--demo"}
	var span time.Duration
	kills := 0
	for round := range 1 + share(1, 199) {
		l := &lab{dir: t.TempDir(), demo: true, books: newBooks()}
		for try := range 2 { // the second finds what the first has left
			after := time.Duration(-1)
			if round%measureEvery > 0 {
				after = time.Duration(random.Int64N(int64(span)))
			}
			a := l.killed(t.Context(), after, nil, "", args...)
			if a.exit == -1 {
				kills++
			} else if after < 0 && try == 0 {
				span = a.took
			}
			t.Logf("killed after %v of %v: %v", after, span, a.exit == -1)
			l.afterDemo(t, a)
		}
		l.finishDemo(t)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills", kills)
}

// afterDemo records what a first command, killed or not, has printed.
func (l *lab) afterDemo(t *testing.T, a answer) {
	t.Helper()
	l.books.printed(t, a)
	if a.reply == nil {
		l.books.lost++
	}
}

// finishDemo runs the first command to its end and checks the result.
func (l *lab) finishDemo(t *testing.T) {
	t.Helper()
	told := l.books.last
	a := l.try(t, "", "device", "unlock", "--demo")
	if a.exit != 0 {
		t.Fatalf("A13: %s", a)
	}
	l.books.printed(t, a)
	if told != "" && l.books.last != told {
		t.Fatalf("H19: %s was printed, and the next is %s", told, l.books.last)
	}
	l.audit(t)
	l.sweep(t)
}

// TestKillADeleteAndRepeatIt repeats a delete that was killed when the world
// had lost its name: the second finishes the first. Rule A13.
func TestKillADeleteAndRepeatIt(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.must(t, "world create other")
	worlds := filepath.Join(l.home(), "worlds")
	// A kill after the rename leaves this state.
	if err := os.Rename(filepath.Join(worlds, "other"), filepath.Join(worlds, ".gone-other")); err != nil {
		t.Fatal(err)
	}
	if a := l.try(t, "", "world", "delete", "other", "--force"); a.exit != 0 && a.code() != "no_world" {
		t.Fatal(a)
	}
	l.sweep(t)
}

// The system calls that change the disk or write output. A process killed on
// entry to one has finished all earlier ones, so walking over all of them
// reaches every state of the disk.
var changing = []string{"write", "pwrite64", "fsync", "fdatasync", "ftruncate", "mkdirat", "rename", "renameat",
	"renameat2", "unlink", "unlinkat"}

// TestKillAtEverySystemCall kills commands as they enter the N-th system call
// of each changing kind, for every N until they survive. Rules: A12, A13, A15.
func TestKillAtEverySystemCall(t *testing.T) {
	t.Parallel()
	s := newStrace(t)
	for _, d := range deeds() {
		// The number of calls of each kind in a share.
		most := share(map[string]int{"device unlock": 1, "workstation login": 1, "world create": 1}[d.name], all)
		if most == 0 {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			l := newLab(t)
			stdin, line := d.ready(t, l, 10)
			s.walk(t, l, stdin, line, changing, most, kill,
				func(t *testing.T, l *lab, a answer) { l.after(t, d, stdin, line, a) })
		})
	}
	t.Run("device unlock --demo", func(t *testing.T) {
		l := &lab{dir: t.TempDir(), demo: true, books: newBooks()}
		kinds := changing
		if os.Getenv("OFFAUTH_LONG") == "" {
			kinds = []string{"mkdirat", "renameat"}
		}
		s.walk(t, l, "", "device unlock --demo", kinds, share(1, all), kill, func(t *testing.T, l *lab, a answer) {
			l.afterDemo(t, a)
			l.finishDemo(t)
		})
	})
	t.Run("the demo's identity", func(t *testing.T) {
		for _, kind := range []string{"write", "fsync"} {
			t.Run(kind, func(t *testing.T) {
				l := &lab{dir: t.TempDir(), demo: true, books: newBooks()}
				identity := []string{"-P", filepath.Join(l.home(), "demo-identity.txt")}
				a := l.run(t.Context(), append(s.on(kind, kill, 1), identity...), "", "device", "unlock", "--demo")
				if a.exit != -1 {
					t.Logf("no %s of that file: it is written under another name", kind)
				}
				l.afterDemo(t, a)
				l.finishDemo(t)
			})
		}
	})
}

// kill is the strace injection that kills the process.
const kill = "signal=KILL"

// all exceeds the number of calls of any command.
const all = 1 << 20

// tracer is strace, which stops a program at a chosen system call.
type tracer struct{ path string }

func newStrace(t *testing.T) tracer {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("strace is Linux's")
	}
	path, err := exec.LookPath("strace")
	if err != nil {
		absentf(t, "strace is not there: %v", err)
	}
	if out, err := exec.Command(path, "-f", "-qq", "-e", "trace=none", "true").CombinedOutput(); err != nil {
		absentf(t, "strace may not trace here: %v: %s", err, out)
	}
	return tracer{path}
}

// on returns the command line that injects something at the n-th call of a
// kind. Calls are counted per thread, and one thread makes nearly all of them.
func (s tracer) on(kind, what string, n int) []string {
	return []string{s.path, "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + kind, "-e", "signal=none",
		"-e", fmt.Sprintf("inject=%s:%s:when=%d", kind, what, n)}
}

// count returns how often a command makes each call.
func (s tracer) count(t *testing.T, l *lab, stdin, line string) map[string]int {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	a := l.run(t.Context(), []string{s.path, "-f", "-qq", "-o", file, "-e", "signal=none", "-e",
		"trace=" + strings.Join(changing, ",")}, stdin, strings.Fields(line)...)
	data, err := os.ReadFile(file)
	if err != nil || a.reply == nil {
		t.Fatal(err, a)
	}
	counts := map[string]int{}
	for row := range strings.Lines(string(data)) {
		_, call, _ := strings.Cut(row, " ")
		if kind, _, ok := strings.Cut(strings.TrimSpace(call), "("); ok {
			counts[kind]++
		}
	}
	return counts
}

// walk injects something at each of a command's calls, in a new copy of the lab
// each time, and has the outcome judged. It takes at most a given number of
// each kind, spread evenly over the command.
func (s tracer) walk(t *testing.T, l *lab, stdin, line string, kinds []string, most int, what string,
	judge func(*testing.T, *lab, answer)) {
	t.Helper()
	files, err := readTree(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	counted := labOf(t, t.TempDir(), files, l.books)
	counted.demo = l.demo
	counts := s.count(t, counted, stdin, line)
	hits := 0
	for _, kind := range kinds {
		for i := range min(most, counts[kind]) {
			// A command that survives makes fewer calls on one thread; try half
			// as far.
			for n := 1 + (2*i+1)*counts[kind]/(2*min(most, counts[kind])); n > 0; n /= 2 {
				survived := false
				t.Run(fmt.Sprintf("%s %d of %d", kind, n, counts[kind]), func(t *testing.T) {
					copied := labOf(t, t.TempDir(), files, l.books.clone())
					copied.demo = l.demo
					a := copied.run(t.Context(), s.on(kind, what, n), stdin, strings.Fields(line)...)
					if a.late {
						t.Fatalf("it hangs: %s", a)
					}
					survived = a.exit == 0 && what == kill
					judge(t, copied, a)
					if t.Failed() {
						t.Logf("that was %s", a)
					}
				})
				if !survived {
					hits++
					break
				}
			}
		}
	}
	t.Logf("%s: %s %d times, of %v", line, what, hits, counts)
	if hits == 0 {
		t.Error("nothing was hit: does strace still do it?")
	}
}

package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// many is how many processes run at once.
const many = 16

// act is one of the commands of a race.
type act struct{ line, stdin string }

// race starts all commands at once and waits for the last. Every one must end
// in time, with a code in docs/codes.md: done, refused, or a listed one.
func (l *lab) race(t *testing.T, acts []act, also ...string) []answer {
	t.Helper()
	answers := make([]answer, len(acts))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, a := range acts {
		wg.Go(func() {
			<-start
			answers[i] = l.run(t.Context(), nil, a.stdin, strings.Fields(a.line)...)
		})
	}
	close(start)
	wg.Wait()
	for _, a := range answers {
		switch {
		case a.late:
			t.Fatalf("A12: it starved: %s", a)
		case a.reply == nil, a.exit != 0 && a.exit != 4 && a.exit != 5 && !slices.Contains(also, a.code()):
			t.Fatalf("A12: not one of the answers that a race may have: %s", a)
		}
	}
	return answers
}

func times(n int, a act) []act { return slices.Repeat([]act{a}, n) }

// told compares the log with what the commands of a race printed about their
// own events: none is lost, doubled or changed, and nothing else happened.
func (l *lab) told(t *testing.T, since int, answers []answer) {
	t.Helper()
	var said []event
	for _, a := range answers {
		said = append(said, a.Events...)
	}
	slices.SortFunc(said, func(a, b event) int { return int(a.Seq) - int(b.Seq) })
	log := l.books.log[since:]
	if len(said) != len(log) {
		t.Fatalf("A15: %d events were told and %d are in the log", len(said), len(log))
	}
	for i := range log {
		if !reflect.DeepEqual(said[i], log[i]) {
			t.Fatalf("A15: told was %+v, and the log has %+v", said[i], log[i])
		}
	}
}

// TestRaceEveryVerb runs 16 processes of all verbs at once on one world, round
// after round. Rules: A12, A15.
func TestRaceEveryVerb(t *testing.T) {
	t.Parallel()
	random := seed(t)
	l := newLab(t)
	commands := 0
	for round := range share(3, 150) {
		pin := l.fresh(t)
		l.audit(t)
		since := len(l.books.log)
		login := "workstation login LAPTOP-7 --user alice --stdin"
		verbs := []act{
			{"device unlock LAPTOP-7 --phone pixel", ""}, {"device unlock LAPTOP-7 --phone pixel", ""},
			{"device unlock LAPTOP-7 --phone pixel", ""},
			{"device hide --phone pixel", ""}, {"device hide --phone pixel", ""}, {"device cancel --phone pixel", ""},
			{"device tap LAPTOP-7 --phone pixel", ""}, {"workstation lock LAPTOP-7", ""}, {"workstation lock LAPTOP-7", ""},
			{login, pin + "\n"}, {login, pin + "\n"}, {login, "22222222\n"},
			{fmt.Sprintf("admin user add erin-%d", round), ""}, {fmt.Sprintf("admin user add erin-%d", round), ""},
			{fmt.Sprintf("workstation add TOWER-%d --family hypr", round), ""},
			{fmt.Sprintf("device register fon-%d --user alice", round), ""},
			{"admin policy set hypr.pins.display_timeout=30", ""}, {"link set workstation/LAPTOP-7 up", ""},
			{"link fault drop pair_order --nth 999", ""}, {"clock advance 1s", ""},
			{"device status", ""}, {"workstation status LAPTOP-7", ""}, {"log --last 0", ""}, {"world show", ""},
		}
		random.Shuffle(len(verbs), func(i, j int) { verbs[i], verbs[j] = verbs[j], verbs[i] })
		answers := l.race(t, verbs[:many], "already_there")
		commands += len(answers)
		for _, a := range answers {
			switch {
			case a.args[1] == "unlock":
				l.enter(t, a)
			case a.args[1] == "login" && a.OK:
				l.books.accepted(t, pin)
			case a.args[0] == "log":
				recount(t, result[struct{ Items []event }](t, a).Items)
			}
		}
		l.books.newest(t)
		l.audit(t)
		if l.books.lost != 0 {
			t.Fatalf("A12: %d PINs were spent and not told", l.books.lost)
		}
		l.told(t, since, answers)
	}
	t.Logf("%d commands, %d PINs, %d offline logins, %d events", commands, len(l.books.pins), l.books.unlocks,
		len(l.books.log))
}

// enter records a PIN of a race, before it is known which was the last.
func (l *lab) enter(t *testing.T, a answer) {
	t.Helper()
	if !a.OK {
		return
	}
	r := result[shownPIN](t, a)
	if _, known := l.books.pins[r.PIN]; known && !r.Same {
		t.Fatalf("A12: %s was shown as new twice", r.PIN)
	}
	if !r.Same {
		l.books.pins[r.PIN] = 0
	}
	l.books.racing = append(l.books.racing, r)
}

// newest checks that every PIN shown as the same was also shown as new.
func (b *books) newest(t *testing.T) {
	t.Helper()
	for _, r := range b.racing {
		if _, known := b.pins[r.PIN]; !known {
			t.Fatalf("A12: %s was only ever shown as the same", r.PIN)
		}
	}
	b.racing, b.last = nil, ""
}

// TestRaceOnePIN has 16 processes type one PIN: it unlocks once, however
// often it is tried again. Rules: A12, A13, H23.
func TestRaceOnePIN(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for range share(1, 100) {
		pin := l.fresh(t)
		typed := times(many, act{"workstation login LAPTOP-7 --user alice --stdin", pin + "\n"})
		for range 2 {
			for _, a := range l.race(t, typed) {
				switch {
				case a.OK:
					l.books.accepted(t, pin)
				case a.code() != "not_locked" && a.code() != "pin_used":
					t.Fatal(a)
				}
			}
			if l.books.pins[pin] != 1 {
				t.Fatalf("A12: the PIN unlocked %d times", l.books.pins[pin])
			}
			l.audit(t)
			l.must(t, "workstation lock LAPTOP-7")
		}
	}
}

// TestRaceOneOTP has 16 processes type one one-time password, online and then
// the next one offline: each unlocks once, however often it is tried again.
// Rules: A2, A12, O21.
func TestRaceOneOTP(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.must(t, "clock freeze")
	l.must(t, "workstation add DESKTOP-3 --family onespan")
	l.must(t,
		"admin policy set onespan.offline.enabled=true onespan.backend.authentication=always onespan.offline.window_days=2 "+
			"onespan.user.lock_threshold=0 onespan.offline.max_failures=99")
	l.must(t, "admin authenticator assign pixel --type time")
	for _, state := range []string{"up", "down", "up"} {
		l.must(t, "link set workstation/DESKTOP-3 "+state)
		l.must(t, "clock advance 30s")
		code := result[struct{ OTP string }](t, l.must(t, "device otp --phone pixel")).OTP
		taken := 0
		for range 2 {
			for _, a := range l.race(t, times(many, act{"workstation login DESKTOP-3 --user alice --stdin", code + "\n"})) {
				switch {
				case a.OK:
					taken++
				case a.code() != "not_locked" && a.code() != "code_replayed":
					t.Fatal(a)
				}
			}
			l.must(t, "workstation lock DESKTOP-3")
		}
		if taken != 1 {
			t.Fatalf("A12: with the link %s the code was taken %d times", state, taken)
		}
	}
}

// TestRaceWrongPINs has 16 processes guess: 16 guesses are 16 failures, and a
// guess that races with others buys none. Rules: A6, A12.
func TestRaceWrongPINs(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for round := range share(1, 100) {
		before := l.audit(t).failures
		var guesses []act
		for i := range many {
			guesses = append(guesses, act{"workstation login LAPTOP-7 --user alice --stdin", fmt.Sprintf("222222%02d\n", i+2)})
		}
		numbers := map[int]bool{}
		for _, a := range l.race(t, guesses) {
			if a.code() != "wrong_pin" {
				t.Fatal(a)
			}
			for _, e := range a.Events {
				if e.Kind == "refused" {
					numbers[e.number("failures")] = true
				}
			}
		}
		if after := l.audit(t).failures; after != before+many || len(numbers) != many {
			t.Fatalf("A6: round %d: %d guesses raised %d failures to %d, and were told %d numbers", round, many, before, after,
				len(numbers))
		}
	}
}

// TestRaceUnlock has 16 processes show a PIN: one is new, the others repeat it
// (H19); if the PIN is hidden in between, no PIN is new twice. Rule: A12.
func TestRaceUnlock(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for range share(1, 200) {
		l.must(t, "device tap LAPTOP-7 --phone pixel")
		l.must(t, "device hide --phone pixel")
		known := len(l.books.pins)
		for _, a := range l.race(t, times(many, act{"device unlock LAPTOP-7 --phone pixel", ""})) {
			l.enter(t, a)
		}
		if len(l.books.pins) != known+1 {
			t.Fatalf("A12: %d new PINs for one press", len(l.books.pins)-known)
		}
		l.books.newest(t)
		l.audit(t)
		acts := append(times(many/2, act{"device unlock LAPTOP-7 --phone pixel", ""}),
			times(many/2, act{"device hide --phone pixel", ""})...)
		for _, a := range l.race(t, acts) {
			if a.args[1] == "unlock" && a.OK {
				l.enter(t, a)
			}
		}
		l.books.newest(t)
		l.audit(t)
	}
}

// TestRaceTheDemo has 16 processes start on a fresh machine: the result is one
// complete world and one PIN. Rule: A12.
func TestRaceTheDemo(t *testing.T) {
	t.Parallel()
	for range share(1, 50) {
		l := &lab{dir: t.TempDir(), demo: true, books: newBooks()}
		for _, a := range l.race(t, times(many, act{"device unlock --demo", ""})) {
			if a.exit != 0 {
				t.Fatal(a)
			}
			l.enter(t, a)
		}
		if len(l.books.pins) != 1 {
			t.Fatalf("A12: %d new PINs of one demo", len(l.books.pins))
		}
		l.books.newest(t)
		l.audit(t)
		l.sweep(t)
	}
}

// TestRaceWorlds has processes create, use and delete one world at once: each
// finds it complete or not at all. Rules: A12, A13.
func TestRaceWorlds(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for range share(2, 100) {
		acts := append(times(5, act{"world create other", ""}), times(4, act{"world delete other --force", ""})...)
		acts = append(acts, times(3, act{"world show --world other", ""})...)
		acts = append(acts, times(4, act{"admin user add frank --world other", ""})...)
		l.race(t, acts, "world_exists", "no_world", "already_there")
		if a := l.try(t, "", "world", "create", "other"); a.exit != 0 && a.code() != "world_exists" {
			t.Fatal(a)
		}
		l.sweep(t)
		l.must(t, "world delete other --force")
		l.sweep(t)
		l.audit(t)
	}
}

// TestRaceAnOpenAgainstADelete deletes a world while another process is opening
// it: the error says that the world is gone, not that a vault or a disk has
// failed. Rule A12.
func TestRaceAnOpenAgainstADelete(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows renames no folder with open files")
	}
	l := newLab(t)
	l.must(t, "world create other")
	home := worlds.Home{Dir: l.home()}
	w, err := home.Open(t.Context(), "other", func(keystore.Kind, string) (keystore.Vault, error) {
		l.must(t, "world delete other --force")
		identity, err := vault.LoadIdentityFile(filepath.Join(l.dir, "identity.txt"))
		if err != nil {
			return nil, err
		}
		return vault.NewFile(home.VaultDir(), identity), nil
	})
	if err == nil {
		_ = w.Close() // it is not what is wrong
	}
	if !errors.Is(err, keystore.ErrNoWorld) {
		t.Errorf("A12: a world that was just deleted opens with %v", err)
	}
}

package main

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// codeDeed is a command of Encap or OneSpan that changes the demo.
type codeDeed struct {
	name string
	// ready prepares the world, and returns the command and its stdin.
	ready func(t *testing.T, l *lab, nth int) (stdin, line string)
	// takes is the event of a code that was taken, for commands that take one.
	takes string
}

// shown returns a field of the result of a command that must succeed.
func (l *lab) shown(t *testing.T, line, stdin, field string) string {
	t.Helper()
	a := l.try(t, stdin, strings.Fields(line)...)
	if a.exit != 0 {
		t.Fatal(a)
	}
	value, _ := result[map[string]any](t, a)[field].(string)
	if value == "" {
		t.Fatalf("no %s: %s", field, a)
	}
	return value + "\n"
}

// otp returns a one-time password that was never shown.
func (l *lab) otp(t *testing.T) string {
	t.Helper()
	l.must(t, "clock advance 30s")
	return l.shown(t, "device otp --phone pixel", "", "otp")
}

// atDesktop locks DESKTOP-3, sets its link, and returns the command that opens
// it.
func atDesktop(link string) func(*testing.T, *lab, int) (string, string) {
	return func(t *testing.T, l *lab, _ int) (string, string) {
		l.must(t, "link set workstation/DESKTOP-3 up")
		if link == "down" { // with data that is good for what comes
			if a := l.try(t, l.otp(t), strings.Fields("tray update DESKTOP-3 --stdin")...); a.exit != 0 {
				t.Fatal(a)
			}
		}
		l.must(t, "workstation lock DESKTOP-3")
		l.must(t, "link set workstation/DESKTOP-3 "+link)
		return l.otp(t), "workstation login DESKTOP-3 --user alice --stdin"
	}
}

// challenged starts a session and does so many steps of it on the phone.
func (l *lab) challenged(t *testing.T, steps int) string {
	t.Helper()
	l.must(t, "device cancel --phone pixel")
	text := l.shown(t, "provider challenge bank --method OFFLINE", "", "data")
	if steps > 0 {
		l.shown(t, "device scan -", text, "session")
	}
	if steps > 1 {
		return l.shown(t, "device approve", "", "otp")
	}
	return text
}

func codeDeeds() []codeDeed {
	plain := func(stdin, line string) func(*testing.T, *lab, int) (string, string) {
		return func(_ *testing.T, _ *lab, nth int) (string, string) {
			return stdin, strings.ReplaceAll(line, "#", strconv.Itoa(nth))
		}
	}
	return []codeDeed{
		{"provider add", plain("", "provider add shop-#"), ""},
		{"provider challenge", plain("", "provider challenge bank --method OFFLINE"), ""},
		{"device scan", func(t *testing.T, l *lab, _ int) (string, string) { return l.challenged(t, 0), "device scan -" },
			""},
		{"device approve", func(t *testing.T, l *lab, _ int) (string, string) {
			l.challenged(t, 1)
			return "", "device approve"
		}, ""},
		{"provider verify", func(t *testing.T, l *lab, _ int) (string, string) {
			return l.challenged(t, 2), "provider verify bank --stdin"
		}, "session_approved"},
		{"device auth", plain("", "device auth --method DEVICE"), ""},
		{"device otp", func(t *testing.T, l *lab, _ int) (string, string) {
			l.must(t, "clock advance 30s")
			return "", "device otp --phone pixel"
		}, ""},
		{"workstation login, online", atDesktop("up"), "unlocked"},
		{"workstation login, offline", atDesktop("down"), "unlocked"},
		{"tray update", func(t *testing.T, l *lab, _ int) (string, string) {
			l.must(t, "link set workstation/DESKTOP-3 up")
			return l.otp(t), "tray update DESKTOP-3 --stdin"
		}, "otp_accepted"},
		{"admin authenticator resync", func(t *testing.T, l *lab, _ int) (string, string) {
			return strings.TrimSpace(l.otp(t)) + " " + l.otp(t), "admin authenticator resync pixel --stdin"
		}, ""},
		{"admin offline-data delete", plain("", "admin offline-data delete alice --workstation DESKTOP-3"), ""},
		{"admin user set-pin", plain("4711\n", "admin user set-pin alice --stdin"), ""},
		{"admin user reset-pin", plain("", "admin user reset-pin alice"), ""},
		{"admin user set-password", plain("password\n", "admin user set-password alice --stdin"), ""},
		{"admin authenticator assign", plain("", "admin authenticator assign pixel --type time"), ""},
	}
}

// lenientDemo returns a lab with the demo in it, where wrong codes in a row
// never lock.
func lenientDemo(t *testing.T) *lab {
	t.Helper()
	l := &lab{dir: t.TempDir(), demo: true, books: newBooks()}
	for _, line := range []string{"world create --demo", "clock freeze",
		"admin policy set onespan.user.lock_threshold=0 onespan.offline.max_failures=99 encap.offline.max_failures=999"} {
		l.must(t, line)
	}
	return l
}

// TestRaceOneCode has 16 processes show the code of one session, and 16 hand
// it in: it is one code, and it is taken once. Then all of Encap's commands
// race: none starves and no event is lost. Rules: A2, A12, E24.
func TestRaceOneCode(t *testing.T) {
	t.Parallel()
	l := lenientDemo(t)
	for range share(1, 50) {
		text := l.challenged(t, 0)
		code := ""
		var verbs []act
		for _, round := range [][]act{times(many, act{"device scan -", text}), times(many, act{"device approve", ""})} {
			for _, a := range l.race(t, round) {
				if !a.OK {
					continue // only one scans, and one approves
				}
				if otp, _ := result[map[string]any](t, a)["otp"].(string); otp != "" {
					if code != "" && code != otp {
						t.Fatalf("A12: one session gives %s and %s", code, otp)
					}
					code = otp
				}
			}
		}
		taken := 0
		for _, a := range l.race(t, times(many, act{"provider verify bank --stdin", code + "\n"})) {
			if a.OK {
				taken++
			}
		}
		if taken != 1 {
			t.Fatalf("A2: the code was taken %d times", taken)
		}
		for _, line := range []string{"provider challenge bank --method OFFLINE", "device cancel --phone pixel",
			"device auth --method DEVICE", "admin user unlock alice"} {
			verbs = append(verbs, times(many/4, act{line, ""})...)
		}
		l.grown(t)
		since := len(l.books.log)
		answers := l.race(t, verbs)
		l.grown(t)
		l.told(t, since, answers)
	}
}

// TestKillWhatMakesAndTakesCodes kills the commands of Encap and OneSpan at
// random moments: the log only grows, the next command works, and a code that
// was taken, told or not, is never taken again. Rules: A2, A12, A13, A15, E24,
// O21.
func TestKillWhatMakesAndTakesCodes(t *testing.T) {
	t.Parallel()
	random := seed(t)
	l := lenientDemo(t)
	list := codeDeeds()
	span := make([]time.Duration, len(list))
	kills := 0
	for round := range 1 + share(1, 199) {
		for i, d := range list {
			stdin, line := d.ready(t, l, round)
			l.grown(t)
			after := time.Duration(-1) // one round in so many measures
			if round%measureEvery > 0 {
				after = time.Duration(random.Int64N(int64(span[i])))
			}
			a := l.killed(t.Context(), after, nil, stdin, strings.Fields(line)...)
			switch {
			case a.exit == -1:
				kills++
			case a.exit != 0:
				t.Fatalf("%s: %s", d.name, a)
			case after < 0:
				span[i] = a.took
			}
			t.Logf("%s: killed after %v of %v: %v", d.name, after, span[i], a.exit == -1)
			l.takenOnce(t, d, stdin, line, a)
		}
	}
	t.Logf("%d kills, %d events", kills, len(l.books.log))
}

// grown reads the log, which must still contain everything it contained, and
// returns the new events. Rule: A15.
func (l *lab) grown(t *testing.T) []event {
	t.Helper()
	before := l.books.log
	log := result[struct{ Items []event }](t, l.must(t, "log --last 0")).Items
	if len(log) < len(before) || len(before) > 0 && !reflect.DeepEqual(log[:len(before)], before) {
		t.Fatalf("A15: the log is not what it was: it had %d events and has %d", len(before), len(log))
	}
	for i, e := range log {
		if e.Seq != uint64(i+1) {
			t.Fatalf("A15: event %d has the number %d", i+1, e.Seq)
		}
	}
	l.books.log = log
	return log[len(before):]
}

// takenOnce types the code of a killed deed until it is refused: by then it was
// taken, exactly once.
func (l *lab) takenOnce(t *testing.T, d codeDeed, stdin, line string, cut answer) {
	t.Helper()
	count := func() (n int) {
		for _, e := range l.grown(t) {
			if e.Kind == d.takes {
				n++
			}
		}
		return n
	}
	taken := count()
	if d.takes == "" {
		return
	}
	if told := cut.reply != nil && cut.OK; told && taken != 1 {
		t.Fatalf("A13: it was told, and the log has %d times %s: %s", taken, d.takes, cut)
	}
	for range 2 {
		if strings.HasPrefix(line, "workstation login") {
			l.must(t, "workstation lock DESKTOP-3")
		}
		a := l.try(t, stdin, strings.Fields(line)...)
		if want := map[bool]int{true: 4, false: 0}[taken > 0]; a.exit != want {
			t.Fatalf("A2: %s: the code was taken %d times, and is typed again: %s", d.name, taken, a)
		}
		taken += count()
	}
	if taken != 1 {
		t.Fatalf("A2: %s: the code was taken %d times", d.name, taken)
	}
}

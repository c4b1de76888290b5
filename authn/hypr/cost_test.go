package hypr_test

import (
	"fmt"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

func count(n int) authn.Setting {
	return authn.Setting{Key: "hypr.pins.count", Value: fmt.Sprint(n)}
}

// TestATryCostsOneKDFWhateverThereIsH24H44 counts the requested slow jobs.
func TestATryCostsOneKDFWhateverThereIsH24H44(t *testing.T) {
	costs := func(l *line, what string, pin authn.Secret, want authn.Code) {
		t.Helper()
		l.lock()
		l.jobs = 0
		if code := l.typePIN(pin); code != want || l.jobs != 1 {
			t.Errorf("%s: %q for %d KDFs, want %q for 1", what, code, l.jobs, want)
		}
	}
	wrong := authn.NewSecret("22222222")
	for _, n := range []int{10, 100} {
		l := primed(t, count(n))
		used := l.pin()
		costs(l, fmt.Sprintf("the right one of %d", n), used, "")
		costs(l, fmt.Sprintf("wrong, one set of %d", n), wrong, "wrong_pin")
		costs(l, "used", used, "pin_used")
		costs(l, "nothing", authn.NewSecret(""), "wrong_pin")
		costs(l, "too long", authn.NewSecret(fmt.Sprintf("%0100d", 2)), "wrong_pin")
		costs(l, "signs outside the alphabet", authn.NewSecret("########"), "wrong_pin")
		l.dropping(l.login, "pin_set")
		if len(l.held()) != 2 {
			t.Fatalf("%d sets", len(l.held()))
		}
		costs(l, fmt.Sprintf("wrong, two sets of %d", n), wrong, "wrong_pin")
		l.secondPhone()
		if len(l.held()) != 3 {
			t.Fatalf("%d sets", len(l.held()))
		}
		costs(l, fmt.Sprintf("wrong, three sets of %d, two phones", n), wrong, "wrong_pin")
		costs(l, "the right one of the first phone", l.pin(), "")
		l.wait(31 * days)
		costs(l, "after expiry", wrong, "wrong_pin")
	}
}

// secondPhone gives the user another phone, pairs it and logs in with it.
func (l *line) secondPhone() {
	l.t.Helper()
	p := hypr.Phone{Host: l.host(authn.Phone("tablet"))}
	l.ok(p.Enrol(user, "ios", "3.7"))
	l.ok(l.pump())
	l.ok(p.Pair(wsName, false))
	l.ok(l.pump())
	l.ok(p.Tap(wsName, false))
	l.ok(l.pump())
}

func TestMakingASetCostsAsManyKDFsAsItHasPINsH11(t *testing.T) {
	for _, n := range []int{10, 25, 100} {
		l := enrolled(t, count(n))
		l.pair()
		if l.jobs != 0 {
			t.Fatalf("enrolment and pairing cost %d KDFs", l.jobs)
		}
		for range 2 {
			l.jobs = 0
			l.login()
			if l.jobs != n {
				t.Errorf("a set of %d cost %d KDFs", n, l.jobs)
			}
		}
		l.set("hypr.offline.enabled", "false")
		l.jobs = 0
		l.login()
		if l.jobs != 0 {
			t.Errorf("without Offline Mode a login cost %d KDFs (H1)", l.jobs)
		}
	}
}

// TestARefusalBeforeJudgementCostsNothingH45 checks that no KDF runs if no PIN
// can be right.
func TestARefusalBeforeJudgementCostsNothingH45(t *testing.T) {
	l := enrolled(t)
	l.typePIN(authn.NewSecret("22222222")) // not paired
	l.pair()
	l.typePIN(authn.NewSecret("22222222")) // no set
	l.login()
	pin := l.pin()
	l.jobs = 0
	if _, err := l.workstation().Login(user, pin); l.code(err) != "not_locked" || l.jobs != 0 {
		t.Fatalf("%v for %d KDFs", err, l.jobs)
	}
}

// BenchmarkAttempt types a wrong PIN against sets of 10 and 100, including one
// KDF of the default cost.
func BenchmarkAttempt(b *testing.B) {
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("%d PINs", n), func(b *testing.B) {
			l := benchLine(b, n)
			l.lock()
			wrong := authn.NewSecret("22222222")
			for b.Loop() {
				if _, err := l.workstation().Login(user, wrong); l.code(err) != "wrong_pin" {
					b.Fatal(err)
				}
				l.events = l.events[:0]
			}
		})
	}
}

// BenchmarkJudgement is the same with a cheap KDF, to show the cost of the
// number of PINs.
func BenchmarkJudgement(b *testing.B) {
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("%d PINs", n), func(b *testing.B) {
			l := primed(b, count(n))
			wrong := authn.NewSecret("22222222")
			for b.Loop() {
				if _, err := l.workstation().Login(user, wrong); l.code(err) != "wrong_pin" {
					b.Fatal(err)
				}
				l.events = l.events[:0]
			}
		})
	}
}

// BenchmarkMakingASet is an online login with a set of 25, on one core.
func BenchmarkMakingASet(b *testing.B) {
	l := benchLine(b, 25)
	for b.Loop() {
		l.login()
		l.seen, l.events = l.seen[:0], l.events[:0]
	}
}

// benchLine returns a primed line with the default KDF.
func benchLine(b *testing.B, n int) *line {
	b.Helper()
	l := newLine(b)
	l.kdf = authn.DefaultKDF()
	l.ok(l.workstation().Enrol("2.6"))
	l.ok(l.phone().Enrol(user, "android", "4.3"))
	l.ok(l.pump())
	l.set("hypr.offline.enabled", "true")
	l.set("hypr.pins.count", fmt.Sprint(n))
	l.pair()
	l.login()
	return l
}

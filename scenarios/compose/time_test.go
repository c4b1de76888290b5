package compose_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/compose"
)

// waits returns the waits of a scene.
func waits(t *testing.T, scene compose.Scene) string {
	t.Helper()
	text, err := compose.Write(scene)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(text)) {
		if wait, ok := strings.CutPrefix(line, "  - wait: "); ok {
			found = append(found, strings.TrimSpace(wait))
		}
	}
	return strings.Join(found, " ")
}

// TestTimeIsToldInWholeSecondsUnlessATimerFired uses two timers: a PIN is hidden
// after 60 seconds and offered after 5.
func TestTimeIsToldInWholeSecondsUnlessATimerFired(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	for name, c := range map[string]struct {
		before, gap time.Duration
		down        bool
		act         authn.Action
		want, exact string
	}{
		"a gap up to a second is left out": {gap: 1000 * ms, act: lock, exact: "1s"},
		"a longer one loses its fraction":  {gap: 59999 * ms, act: lock, want: "59s", exact: "59.999s"},
		"a timer that fired fires again": {before: 900 * ms, gap: 60050 * ms, act: lock, want: "1m",
			exact: "0.9s 1m0.05s"},
		"though the fraction had let it fall": {gap: 5001 * ms, down: true, act: lock, want: "5s", exact: "5.001s"},
		"one that did not fire does not": {before: 950 * ms, gap: 4999 * ms, down: true, act: lock, want: "4s",
			exact: "950ms 4.999s"},
		"also where the clock was moved by hand": {gap: 900 * ms, down: true, act: authn.AdvanceClock{By: 4200 * ms},
			want: "5s", exact: "900ms 4.2s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := office(t, 4)
			s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
			s.do(tap)
			s.do(lock)
			s.pass(c.before)
			if c.down {
				s.do(authn.SetLink{Site: authn.Workstation("LAPTOP-7"), State: authn.Down})
				s.do(tap)
			} else {
				s.do(unlock)
			}
			s.pass(c.gap)
			s.do(c.act)
			scene := s.scene()
			if got := waits(t, scene); got != c.want {
				t.Errorf("waits %q, want %q", got, c.want)
			}
			scene.Exact = true
			if got := waits(t, scene); got != strings.ReplaceAll(c.exact, "0.9s", "900ms") {
				t.Errorf("exact waits %q, want %q", got, c.exact)
			}
		})
	}
}

func TestAClockThatWentBackIsToldAsSetBack(t *testing.T) {
	t.Parallel()
	s := office(t, 5)
	s.do(lock)
	s.pass(-10 * time.Minute)
	s.do(lock)
	text, err := compose.Write(s.scene())
	if err != nil || !strings.Contains(string(text), "  - clock back: {by: 10m}\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

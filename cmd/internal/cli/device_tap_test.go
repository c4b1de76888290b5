package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// look is how often a waiting tap looks at the world.
const look = 100 * time.Millisecond

func TestTapWaitsFiveSecondsAndThenOffers_H15(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("link", "set", "workstation/LAPTOP-7", "down")
	began := f.now
	code, out, errs := f.run(t.Context(), "device", "tap")
	if code != 0 || !strings.Contains(out, "no answer for five seconds; the phone offers the offline PIN") {
		t.Fatalf("exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	if waited := f.now.Sub(began); waited < 5*time.Second || waited > 5*time.Second+2*look {
		t.Errorf("it waited %s", waited)
	}
	if !strings.HasPrefix(errs, "waiting for LAPTOP-7 ... 5s\n") {
		t.Errorf("nobody was told of the wait: %q", errs)
	}
	if strings.Count(errs, "waiting") != 1 {
		t.Errorf("off a terminal one line is enough: %q", errs)
	}
}

func TestTapCountsDownOnATerminalAndWipesTheLine_H15(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("link", "set", "workstation/LAPTOP-7", "down")
	f.terminal = true
	_, _, errs := f.run(t.Context(), "device", "tap")
	for _, want := range []string{"... 5s", "... 4s", "... 1s"} {
		if !strings.Contains(errs, "\r\x1b[Kwaiting for LAPTOP-7 "+want) {
			t.Errorf("no %q in %q", want, errs)
		}
	}
	if !strings.Contains(errs, "\r\x1b[Khint: ") {
		t.Errorf("the countdown was left behind: %q", errs)
	}
}

func TestTapBecomesAnOnlineLoginWhenTheWorkstationIsBackAtFourSeconds_H15(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("link", "set", "workstation/LAPTOP-7", "down")
	back := f.now.Add(4 * time.Second)
	f.slept = func(now time.Time) {
		if now.Before(back) {
			return
		}
		f.slept = nil
		f.ok("link", "set", "workstation/LAPTOP-7", "up")
	}
	_, out, _ := f.run(t.Context(), "device", "tap")
	if !strings.HasPrefix(out, "LAPTOP-7: unlocked online for alice") {
		t.Errorf("stdout %q", out)
	}
	if late := f.now.Sub(back); late > look {
		t.Errorf("it was seen %s late", late)
	}
}

func TestTapIsGivenUpAtCtrlC(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("link", "set", "workstation/LAPTOP-7", "down")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	waits := 0
	f.slept = func(time.Time) {
		if waits++; waits == 3 {
			interrupt()
		}
	}
	code, out, errs := f.run(ctx, "device", "tap")
	if code != int(authn.ExitCancelled) || out != "" ||
		!strings.Contains(errs, "cancelled: the tap on LAPTOP-7 is given up") {
		t.Fatalf("exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	f.slept = nil
	f.ok("link", "set", "workstation/LAPTOP-7", "up")
	if got := f.ok("workstation", "status", "-q"); got != "locked\n" {
		t.Errorf("a tap that was given up made it %q", got)
	}
}

func TestTapComesBackWhenSomebodyFreezesTheClock(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("link", "set", "workstation/LAPTOP-7", "down")
	f.slept = func(time.Time) {
		f.slept = nil
		f.ok("clock", "freeze")
	}
	_, out, errs := f.run(t.Context(), "device", "tap")
	if !strings.Contains(out, "the clock is frozen") || !strings.Contains(errs, "hint: offauth clock advance") {
		t.Errorf("stdout %q, stderr %q", out, errs)
	}
}

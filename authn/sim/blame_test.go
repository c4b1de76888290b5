package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// TestARefusalNamesTheClockThatExpiredTheSet: with correct clocks the PINs
// would be valid, so helpdesk must not have to fetch new ones.
//
// Rules: H33.
func TestARefusalNamesTheClockThatExpiredTheSetH33(t *testing.T) {
	for name, row := range map[string]struct {
		skew  authn.Site
		by    time.Duration
		first bool // before the set is made
		want  string
	}{
		"the workstation's was behind when it made the set": {laptop, -31 * day, true, "LAPTOP-7's clock is 31d behind"},
		"the phone's is ahead":                              {phone, 31 * day, true, "pixel's clock is 31d ahead"},
		"the phone's went ahead since":                      {phone, 30 * day, false, "pixel's clock is 30d ahead"},
	} {
		t.Run(name, func(t *testing.T) {
			s := primed(t)
			s.do(authn.SkewClock{Site: row.skew, By: row.by})
			if row.first {
				s.do(tap)
			}
			r := s.refused(unlock, "pin_expired", "H33")
			if !strings.HasSuffix(r.Message, row.want) || r.Hints[0] != "offauth clock skew "+string(row.skew)+" 0s" ||
				r.Fields["clocks"] != row.want {
				t.Fatalf("%+v", r)
			}
			s.do(authn.SkewClock{Site: row.skew, By: 0})
			s.do(tap)
			s.do(unlock)
		})
	}
}

// TestAWorkstationsClockThatIsAheadIsNamed: its PIN was shown while all clocks
// were right.
//
// Rules: H33.
func TestAWorkstationsClockThatIsAheadIsNamedH33(t *testing.T) {
	s := primed(t)
	pin := s.pin()
	s.do(authn.SkewClock{Site: laptop, By: 40 * day})
	r := s.refused(login(pin), "pin_expired", "H33")
	if !strings.HasSuffix(r.Message, "LAPTOP-7's clock is 40d ahead") ||
		!slices.Contains(r.Hints, "offauth clock skew workstation/LAPTOP-7 0s") {
		t.Fatalf("%+v", r)
	}
	if off := s.snap().ClocksOff; len(off) != 1 || off[0].String() != "LAPTOP-7's clock is 40d ahead" {
		t.Fatalf("the status says %v", off)
	}
}

// TestAClockThatWasPutRightSinceIsNotCalledWrong: the set's days were counted
// by a clock that has been corrected since.
//
// Rules: H33.
func TestAClockThatWasPutRightSinceIsNotCalledWrongH33(t *testing.T) {
	s := primed(t)
	s.do(authn.SkewClock{Site: laptop, By: -29 * day})
	s.do(tap)
	s.do(lock)
	pin := s.pin()
	s.do(authn.SkewClock{Site: laptop, By: 0})
	s.wait(2 * day)
	for _, a := range []authn.Action{login(pin), unlock} {
		r := s.refused(a, "pin_expired", "H33")
		if !strings.HasSuffix(r.Message, "LAPTOP-7's clock was 29d behind when the set was made") ||
			strings.Contains(r.Hints[0], "skew") {
			t.Fatalf("%+v", r)
		}
	}
}

// TestASetWhoseDaysAreOverBlamesNoClock, though one is off.
//
// Rules: H33.
func TestASetWhoseDaysAreOverBlamesNoClockH33(t *testing.T) {
	s := primed(t)
	s.do(authn.SkewClock{Site: phone, By: time.Hour})
	s.wait(30 * day)
	if r := s.refused(unlock, "pin_expired", "H33"); r.Fields["clocks"] != nil || strings.Contains(r.Message, "clock") {
		t.Fatalf("%+v", r)
	}
}

// TestAClockMayBeOffAsADeadBatteryLeavesIt: back to 1970, and ahead. An instant
// that no clock can show is refused, also if the world's clock would cause it.
//
// Rules: A8.
func TestAClockMayBeOffAsADeadBatteryLeavesItA8(t *testing.T) {
	s := primed(t)
	back := monday.Sub(time.Unix(0, 0))
	s.do(authn.SkewClock{Site: laptop, By: -back})
	s.do(tap)
	s.do(authn.SkewClock{Site: laptop, By: back})
	s.do(tap)
	s.fault(authn.SkewClock{Site: laptop, By: -back - time.Second}, "bad_argument")
	s.fault(authn.SkewClock{Site: laptop, By: 230 * 365 * day}, "bad_argument")
	s.do(authn.SkewClock{Site: laptop, By: -back})
	s.fault(authn.BackClock{By: time.Second}, "bad_argument")
	s.do(authn.SkewClock{Site: laptop, By: 100 * 365 * day})
	s.fault(authn.SetClock{To: monday.AddDate(150, 0, 0)}, "bad_argument")
}

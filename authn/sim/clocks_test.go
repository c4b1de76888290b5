package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// Rules: E29. If a session is open at the server and expired on the phone, a
// clock is wrong: the refusal says which one, and by how much.
func TestARefusalNamesTheClockThatIsOff(t *testing.T) {
	for _, row := range []struct {
		site authn.Site
		by   time.Duration
		want string
	}{
		{authn.Phone("pixel"), 6 * time.Minute, "pixel's clock is 6m ahead"},
		{authn.SiteServer, -10 * time.Minute, "the server's clock is 10m behind"},
	} {
		s := ready(t)
		s.do(authn.SkewClock{Site: row.site, By: row.by})
		scan := encap.Scan{Phone: "pixel", Data: s.ask(challenge).Data}
		r := s.refused(scan, "session_expired", "E29")
		if !strings.HasSuffix(r.Message, "; "+row.want) || r.Fields["clocks"] != row.want {
			t.Errorf("%q, fields %v, want %q", r.Message, r.Fields, row.want)
		}
		if want := "offauth clock skew " + string(row.site) + " 0s"; r.Hints[0] != want {
			t.Errorf("hints %q, want %q first", r.Hints, want)
		}
		// As the hints say: correct the clock and scan a new code.
		s.do(authn.SkewClock{Site: row.site})
		if r := s.refused(scan, "session_expired", "E29"); r.Fields["clocks"] != nil {
			t.Errorf("the clocks are right, and it says %q", r.Message)
		}
		s.scan(s.ask(challenge).Data)
	}
}

// Rules: E29. Clocks with the same skew are not blamed.
func TestClocksThatAgreeAreNotBlamed(t *testing.T) {
	s := ready(t)
	for _, site := range []authn.Site{authn.Phone("pixel"), authn.SiteServer} {
		s.do(authn.SkewClock{Site: site, By: time.Hour})
	}
	c := s.ask(challenge)
	s.do(authn.AdvanceClock{By: 300 * time.Second})
	r := s.refused(encap.Scan{Phone: "pixel", Data: c.Data}, "session_expired", "E29")
	if r.Fields["clocks"] != nil ||
		slices.ContainsFunc(r.Hints, func(h string) bool { return strings.Contains(h, "skew") }) {
		t.Errorf("%q, hints %q", r.Message, r.Hints)
	}
}

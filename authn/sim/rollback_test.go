package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
)

// TestAcceptingARollbackLeavesNothingOpenA14: no tap, offer or challenge of
// the time before.
func TestAcceptingARollbackLeavesNothingOpenA14(t *testing.T) {
	s := primed(t)
	s.link(laptop, authn.Down)
	s.do(tap)
	s.wait(5 * time.Second)
	if s.computer().Offer == "" {
		t.Fatal("no offer")
	}
	if _, err := sim.AcceptRollback(t.Context(), s.world); err != nil {
		t.Fatal(err)
	}
	if offer := s.computer().Offer; offer != "" {
		t.Errorf("the phone offers a PIN (%s) and has none", offer)
	}
	if r := s.refused(unlock, "not_primed", "H9"); strings.Contains(r.Message, "never reached it") {
		t.Errorf("a set that the repair deleted: %q", r.Message)
	}
}

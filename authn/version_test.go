package authn_test

import (
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
)

// TestAVersionIsNumbersAndShort limits the length of a version, since it is
// sent in messages of limited length. Leading zeros make a number longer, but
// not larger.
func TestAVersionIsNumbersAndShort(t *testing.T) {
	for _, good := range []string{"3", "2.6", "2.6.0.1", authn.NewestVersion} {
		if err := authn.CheckVersion(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "new", "1.2.3.4.5", "1..2", "-1", "70000", "1.x", "2.6\x1b[2J",
		strings.Repeat("2", 70_000), strings.Repeat("0", 9_000) + "2.6", strings.Repeat("0", 70_000) + "2.6",
	} {
		if authn.CheckVersion(bad) == nil {
			t.Errorf("%.20q, %d bytes long, is accepted", bad, len(bad))
		}
	}
}

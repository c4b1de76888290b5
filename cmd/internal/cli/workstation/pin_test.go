package workstation

import (
	"testing"

	"github.com/offauth/offauth/authn/hypr"
)

func TestWhatMayBeAPINIsSeen(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"K7M2QX9P": true, "k7m2-qx9p": true, "K7M2 QX9P": true, "234567": true, "23456": false,
		"LAPTOP-7": false, "DESK": false, "ABCDEFGHJKMNPQ": false, "": false,
	} {
		if got := looksLikePIN(word); got != want {
			t.Errorf("%q: %t", word, got)
		}
	}
	if len(hypr.Alphabet) != 31 {
		t.Errorf("the alphabet has %d symbols", len(hypr.Alphabet))
	}
}

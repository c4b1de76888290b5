package sim_test

import (
	"context"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// The error names the problem of a pasted seed, but no character of the seed.
func TestWhatIsWrongWithASeedIsTold(t *testing.T) {
	s := fresh(t)
	for seed, want := range map[string]string{
		"JBSWY3DPEHPK3PXP":                 "has 10",
		"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0": "is not base32",
		"otpauth://totp/Example:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example": "is a whole otpauth link",
		strings.Repeat("GEZDGNBVGY3TQOJQ", 7):                                               "has 70",
	} {
		_, err := s.world.Apply(context.Background(),
			onespan.Assign{Phone: "pixel", Type: onespan.TimeBased, Seed: authn.NewSecret(seed)})
		f, ok := authn.AsFault(err)
		if !ok || f.Code != authn.CodeBadArgument || !strings.Contains(f.Message, want) {
			t.Errorf("got %v, want a bad argument that %s", err, want)
			continue
		}
		if told := f.Message + strings.Join(f.Hints, " "); strings.Contains(told, seed) || strings.Contains(told, "GEZD") {
			t.Errorf("the message shows the seed: %s", told)
		}
	}
}

package authn_test

import (
	"errors"
	"testing"

	"github.com/offauth/offauth/authn"
)

// TestASpanThatIsTooLongIsCalledSo checks that the error is not "no span of
// time".
func TestASpanThatIsTooLongIsCalledSo(t *testing.T) {
	for text, want := range map[string]error{
		"73000d": nil, "-408000h": nil, "1w2d3h4m5s": nil,
		"73001d": authn.ErrLongSpan, "100000d": authn.ErrLongSpan, "-100000d": authn.ErrLongSpan,
		"99999999999d":           authn.ErrLongSpan,
		"999999999999999999999w": authn.ErrLongSpan, "9999999999h": authn.ErrLongSpan, "1752001h": authn.ErrLongSpan,
		"73000d1s": authn.ErrLongSpan,
		"":         authn.ErrBadSpan, "-": authn.ErrBadSpan, "12": authn.ErrBadSpan, "5 m": authn.ErrBadSpan,
		"99999999999": authn.ErrBadSpan, "9999999999x": authn.ErrBadSpan,
	} {
		if _, err := authn.ParseSpan(text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

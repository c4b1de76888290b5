package hypr_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/policytest"
)

// TestSettingsOutOfRangeAreMalformed sends the bounds of every setting and the
// values next to them.
func TestSettingsOutOfRangeAreMalformed(t *testing.T) {
	for _, c := range policytest.Cases(t) {
		if c.Family != authn.FamilyHYPR {
			continue
		}
		order, set := hypr.DecodeSettings(append(slices.Clone(c.Before), c.Setting))
		for _, err := range []error{order, set} {
			if c.Accepted && err != nil || !c.Accepted && !errors.Is(err, authn.ErrMalformed) {
				t.Errorf("%s: %v", c.Name(), err)
			}
		}
	}
}

// TestSettingsTakeNothingThatIsNoValue tries invalid values and unknown keys.
func TestSettingsTakeNothingThatIsNoValue(t *testing.T) {
	for _, bad := range []authn.Setting{
		{Key: "hypr.pins.display_timeout", Value: "10.5s"}, {Key: "hypr.pins.prompt_threshold", Value: "20%"},
		{Key: "hypr.pins.count", Value: ""}, {Key: "hypr.pins.count", Value: "99999999999999999999"},
		{Key: "hypr.pins.count", Value: "4294967321"}, // 25 modulo 2^32
		{Key: "hypr.offline.enabled", Value: "maybe"}, {Key: "hypr.pins.colour", Value: "red"},
		{Key: "pins.count", Value: "20"}, {Key: "", Value: ""}, {Key: "HYPR.PINS.COUNT", Value: "20"},
	} {
		s, err := hypr.DefaultSettings().With([]authn.Setting{{Key: "hypr.pins.length", Value: "9"}, bad})
		if _, fault := authn.AsFault(err); !fault || s != hypr.DefaultSettings() {
			t.Errorf("%v: %v, %+v", bad, err, s)
		}
	}
}

// TestTheServerKeepsNothingOfARefusedChange: the server stores all changes, or
// none.
func TestTheServerKeepsNothingOfARefusedChange(t *testing.T) {
	l := newLine(t)
	for _, bad := range []authn.Setting{{Key: "hypr.pins.length", Value: "5"}, {Key: "hypr.pins.length", Value: "x"},
		{Key: "x", Value: "5"}} {
		if _, err := l.server().Set([]authn.Setting{{Key: "hypr.pins.count", Value: "50"}, bad}); err == nil {
			t.Fatalf("%v was taken", bad)
		}
	}
	if s, err := l.server().Settings(); err != nil || s != hypr.DefaultSettings() {
		t.Fatalf("%+v %v", s, err)
	}
}

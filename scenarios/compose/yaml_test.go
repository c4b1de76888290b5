package compose

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

func TestSettingsAreWrittenAsTheirTypes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10": "10", "0": "0", "010": `"010"`, "-1": `"-1"`, "true": "true", "false": "false", "60s": "60s", "1w2d": "1w2d",
		"method":              "method",
		"OFFLINE,OFFLINE:PIN": `[OFFLINE, "OFFLINE:PIN"]`, "a,,b": `"a,,b"`, "": `""`, "3.6": `"3.6"`, "${x}": `"$${x}"`,
	} {
		if got := syntax.Flow(setting(text)); got != want {
			t.Errorf("setting(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestASpanIsReadBackAsItself(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", 90 * time.Second: "1m30s", 36 * time.Hour: "1d12h", 4999 * time.Millisecond: "4.999s",
		time.Millisecond: "1ms",
		1:                "0.000000001s", -7 * time.Minute: "-7m", 8*authn.Day + 1500*time.Millisecond: "8d1.5s",
		time.Minute + time.Millisecond: "1m0.001s",
	} {
		if got := syntax.Flow(span(d)); got != want {
			t.Errorf("span(%d) = %s, want %s", d, got, want)
		}
		if back, err := authn.ParseSpan(want); err != nil || back != d {
			t.Errorf("%s is read as %v, %v", want, back, err)
		}
	}
}

func TestSettingsOfOneGroupStandTogether(t *testing.T) {
	t.Parallel()
	got := syntax.Flow(syntax.Mapping(nested([]authn.Setting{{Key: "hypr.pins.count", Value: "10"},
		{Key: "hypr.offline.enabled", Value: "true"},
		{Key: "hypr.pins.length", Value: "8"}, {Key: "hypr.pins.count", Value: "20"}, {Key: "hypr.profile", Value: "current"},
		{Key: "hypr.a.b.c", Value: "1"}, {Key: "hypr.a.b.d", Value: "2"}})...))
	want := "{pins: {length: 8, count: 20}, offline: {enabled: true}, profile: current, a: {b: {c: 1, d: 2}}}"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAPlaceholderIsOfTheKindOfTheSecretAndOfNoOther(t *testing.T) {
	t.Parallel()
	m := references{real: map[string]bool{}}
	seen := map[string]bool{}
	for range 100 {
		text := string(rune('1' + len(m.typed)%9))
		for len(text) < 4 {
			text += string(rune('0' + (len(m.typed)/(len(text)*3))%10))
		}
		m.real[text] = true
		if _, err := m.variable(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range m.typed {
		if len(one.placeholder) != 4 || !digits().MatchString(one.placeholder) || seen[one.placeholder] ||
			one.placeholder == one.text {
			t.Errorf("placeholder %q of a PIN of 4 digits", one.placeholder)
		}
		seen[one.placeholder] = true
	}
	if len(m.typed) < 20 {
		t.Errorf("only %d secrets were tried", len(m.typed))
	}
}

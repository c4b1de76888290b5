package oath_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn/oath"
)

const seed = "12345678901234567890"

func newHOTP(t testing.TB, hash oath.Hash, secret string, digits int) *oath.HOTP {
	t.Helper()
	h, err := oath.NewHOTP(hash, []byte(secret), digits)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAGeneratorIsRefusedWhatTheRFCForbids(t *testing.T) {
	for _, c := range []struct {
		hash   oath.Hash
		secret string
		digits int
		want   error
	}{
		{oath.SHA1, seed, 6, nil},
		{oath.SHA512, seed[:16], 10, nil},
		{oath.SHA1, seed[:15], 6, oath.ErrSecret},
		{oath.SHA1, "", 6, oath.ErrSecret},
		{oath.SHA1, seed, 5, oath.ErrDigits},
		{oath.SHA1, seed, 11, oath.ErrDigits},
		{oath.SHA1, seed, -1, oath.ErrDigits},
		{0, seed, 6, oath.ErrHash},
		{oath.SHA512 + 1, seed, 6, oath.ErrHash},
	} {
		h, err := oath.NewHOTP(c.hash, []byte(c.secret), c.digits)
		if !errors.Is(err, c.want) || (h == nil) != (c.want != nil) {
			t.Errorf("NewHOTP(%v, %d bytes, %d): %v, want %v", c.hash, len(c.secret), c.digits, err, c.want)
		}
	}
}

func TestTheSecretIsCopied(t *testing.T) {
	secret := []byte(seed)
	h := newHOTP(t, oath.SHA1, seed, 6)
	other, err := oath.NewHOTP(oath.SHA1, secret, 6)
	if err != nil {
		t.Fatal(err)
	}
	clear(secret)
	if h.Code(1) != other.Code(1) {
		t.Error("wiping the caller's secret changed the codes")
	}
}

func TestLookAheadFindsACodeUpToSCountersOnA3(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 10)
	for ahead := range uint64(oath.DefaultLookAhead + 3) {
		next, ok := h.Verify(h.Code(100+ahead), 100, oath.DefaultLookAhead)
		switch {
		case ahead <= 10 && (!ok || next != 101+ahead):
			t.Errorf("%d ahead: next %d, %v; want the matched counter + 1", ahead, next, ok)
		case ahead > 10 && (ok || next != 100):
			t.Errorf("%d ahead: next %d, %v; want a refusal that moves nothing", ahead, next, ok)
		}
	}
	if _, ok := h.Verify(h.Code(99), 100, oath.DefaultLookAhead); ok {
		t.Error("a counter that is past was accepted")
	}
}

// The server's life as a property: whatever codes come, the counter moves on
// success alone, to the matched value + 1, and no counter is accepted twice.
// Ten digits, so that two counters hardly ever share a text.
func TestNoOrderOfCodesIsAcceptedTwiceA2A3(t *testing.T) {
	h := newHOTP(t, oath.SHA256, seed, 10)
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Uint64Range(0, 1000).Draw(t, "start")
		ahead := rapid.Uint64Range(0, 12).Draw(t, "ahead")
		next, used := start, map[uint64]bool{}
		for range rapid.IntRange(1, 30).Draw(t, "tries") {
			counter := start + rapid.Uint64Range(0, 40).Draw(t, "counter")
			got, ok := h.Verify(h.Code(counter), next, ahead)
			want := counter >= next && counter <= next+ahead
			if ok != want {
				t.Fatalf("counter %d at %d, %d ahead: %v", counter, next, ahead, ok)
			}
			if !ok {
				if got != next {
					t.Fatalf("a refusal moved the counter from %d to %d", next, got)
				}
				continue
			}
			if used[counter] || got != counter+1 {
				t.Fatalf("counter %d: used before %v, next %d", counter, used[counter], got)
			}
			used[counter], next = true, got
		}
	})
}

func TestAWindowAtTheEndOfTheCountersNeverWrapsA2(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 10)
	const top = math.MaxUint64
	next, ok := h.Verify(h.Code(top-1), top-3, math.MaxUint64)
	if !ok || next != top {
		t.Errorf("the last counter: %d, %v", next, ok)
	}
	for counter, code := range map[uint64]string{top: h.Code(top), 0: h.Code(0), top - 1: h.Code(top - 1)} {
		if next, ok := h.Verify(code, top, 10); ok || next != top {
			t.Errorf("the code of %d was accepted behind the last: next %d", counter, next)
		}
	}
	if next, ok := h.Resync(h.Code(top), h.Code(0), top-1, 10); ok || next != top-1 {
		t.Errorf("resync wrapped: %d", next)
	}
}

func TestResyncTakesTwoConsecutiveCodesWithinAHundredA4(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 10)
	for _, c := range []struct {
		name          string
		first, second uint64
		ok            bool
	}{
		{"at once", 50, 51, true},
		{"far ahead", 120, 121, true},
		{"the second is the hundredth", 149, 150, true},
		{"the second is beyond", 150, 151, false},
		{"not consecutive", 60, 62, false},
		{"the wrong way round", 61, 60, false},
		{"the same twice", 60, 60, false},
		{"before the counter", 48, 49, false},
		{"half before the counter", 49, 50, false},
	} {
		next, ok := h.Resync(h.Code(c.first), h.Code(c.second), 50, oath.DefaultResync)
		want := uint64(50)
		if c.ok {
			want = c.second + 1
		}
		if ok != c.ok || next != want {
			t.Errorf("%s: next %d, %v; want %d, %v", c.name, next, ok, want, c.ok)
		}
	}
	if _, ok := h.Resync(h.Code(60), "12345", 50, oath.DefaultResync); ok {
		t.Error("a code that is none was accepted")
	}
	if _, ok := h.Resync(h.Code(50), h.Code(51), 50, 0); ok {
		t.Error("two codes were found among one counter")
	}
}

func TestFindGivesTheLowestCounterOfItsWindow(t *testing.T) {
	// With six digits some of these 3000 codes recur; the answer is the first.
	h := newHOTP(t, oath.SHA1, seed, 6)
	lowest := map[string]uint64{}
	for c := range uint64(3000) {
		code := h.Code(c)
		if _, ok := lowest[code]; !ok {
			lowest[code] = c
		}
	}
	if len(lowest) == 3000 {
		t.Fatal("no code recurs; choose another secret")
	}
	for code, want := range lowest {
		if want%7 != 0 {
			continue
		}
		if got, ok := h.Find(code, 0, min(2999, want+40)); !ok || got != want {
			t.Fatalf("%s: %d, %v; want %d", code, got, ok, want)
		}
	}
}

func TestWhatIsNoCodeMatchesNothing(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 6)
	wide := newHOTP(t, oath.SHA1, seed, 10)
	for _, code := range []string{"", "75522", "7552244", " 755224", "75522a", "+75522", "-75522", "75522\x00", "٧٥٥٢٢٤",
		"755224\n", "/55224", ":55224"} {
		if c, ok := h.Find(code, 0, 20); ok {
			t.Errorf("%q matched %d", code, c)
		}
	}
	// 1284755224, the code of 0, with a multiple of 2^32 on top; and the
	// largest number of ten digits.
	for _, code := range []string{"5579722520", "9999999999", "3432238872"} {
		if c, ok := wide.Find(code, 0, 20); ok {
			t.Errorf("%q matched %d", code, c)
		}
	}
	if _, ok := h.Find(h.Code(5), 6, 5); ok {
		t.Error("an empty window matched")
	}
}

func TestLeadingZerosAreKept(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 9)
	seen := false
	for c := range uint64(200) {
		code := h.Code(c)
		if len(code) != h.Digits() {
			t.Fatalf("%q has not %d digits", code, h.Digits())
		}
		seen = seen || strings.HasPrefix(code, "0")
		if string(h.Append([]byte("code "), c)) != "code "+code {
			t.Fatal("Append and Code differ")
		}
	}
	if !seen {
		t.Fatal("no code began with 0")
	}
}

func TestPrintingShowsNoSecretA9(t *testing.T) {
	const secret = "SECRETSECRETSECRETSECRET"
	const pin = "PINHASHPINHASHPINHAS"
	h := newHOTP(t, oath.SHA1, secret, 6)
	o := newTOTP(t, h, oath.DefaultStep, 0)
	r := newOCRA(t, "OCRA-1:HOTP-SHA1-6:QN08-PSHA1", secret)
	if _, err := r.Code(oath.Input{Question: "12345678", PINHash: []byte(pin)}); err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{h, *h, o, *o, r, *r, []any{h, o, r}} {
		asJSON, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		texts := []string{string(asJSON)}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
			texts = append(texts, fmt.Sprintf(verb, v))
		}
		for _, text := range texts {
			for _, hidden := range []string{secret, pin, fmt.Sprintf("%x", secret), fmt.Sprintf("%x", pin),
				fmt.Sprint([]byte(pin))} {
				if strings.Contains(text, strings.Trim(hidden, "[]")) {
					t.Errorf("%T printed as %s", v, text)
				}
			}
		}
	}
}

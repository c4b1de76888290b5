package oath_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn/oath"
)

func newTOTP(t testing.TB, h *oath.HOTP, step time.Duration, t0 int64) *oath.TOTP {
	t.Helper()
	o, err := oath.NewTOTP(h, step, t0)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestStepsAreCountedFromT0A5(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 8)
	for _, c := range []struct {
		step time.Duration
		t0   int64
		at   time.Time
		want uint64
		err  error
	}{
		{oath.DefaultStep, 0, time.Unix(0, 0), 0, nil},
		{oath.DefaultStep, 0, time.Unix(29, 999_999_999), 0, nil},
		{oath.DefaultStep, 0, time.Unix(30, 0), 1, nil},
		{oath.DefaultStep, 0, time.Unix(59, 0), 1, nil},
		{oath.DefaultStep, 0, time.Unix(0, -1), 0, oath.ErrBeforeT0},
		{oath.DefaultStep, 100, time.Unix(99, 999_999_999), 0, oath.ErrBeforeT0},
		{oath.DefaultStep, 100, time.Unix(130, 0), 1, nil},
		{time.Minute, -120, time.Unix(0, 0), 2, nil},
		{time.Second, 0, time.Unix(1<<33, 0), 1 << 33, nil},
		{time.Second, math.MinInt64, time.Unix(0, 0), 1 << 63, nil},
		{oath.DefaultStep, 0, time.Date(2603, 10, 11, 12, 33, 20, 0, time.FixedZone("", 3600)), 0x27bc86aa, nil},
		{oath.DefaultStep, 0, time.Time{}, 0, oath.ErrBeforeT0},
	} {
		o := newTOTP(t, h, c.step, c.t0)
		got, err := o.At(c.at)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("step %v from %d at %v: %d, %v; want %d, %v", c.step, c.t0, c.at, got, err, c.want, c.err)
		}
		code, codeErr := o.Code(c.at)
		text, textErr := o.Append(nil, c.at)
		if !errors.Is(codeErr, c.err) || !errors.Is(textErr, c.err) || code != string(text) {
			t.Errorf("at %v: %q, %v and %q, %v", c.at, code, codeErr, text, textErr)
		}
	}
}

// RFC 6238, section 4.2: T must exceed 32 bits.
func TestAStepBeyond32BitsHasACodeOfItsOwn(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 10)
	o := newTOTP(t, h, time.Second, 0)
	near, err1 := o.Code(time.Unix(5, 0))
	far, err2 := o.Code(time.Unix(1<<32+5, 0))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if near == far || far != h.Code(1<<32+5) {
		t.Errorf("near %s, far %s", near, far)
	}
}

func TestAStepIsWholeSeconds(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 6)
	for _, step := range []time.Duration{0, -time.Second, time.Millisecond, 1500 * time.Millisecond} {
		if o, err := oath.NewTOTP(h, step, 0); !errors.Is(err, oath.ErrStep) || o != nil {
			t.Errorf("%v: %v", step, err)
		}
	}
}

func TestOneStepEarlyOrLateIsToleratedA5(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 10)
	o := newTOTP(t, h, oath.DefaultStep, 0)
	now := time.Unix(1_111_111_111, 0)
	step, err := o.At(now)
	if err != nil {
		t.Fatal(err)
	}
	for off := -3; off <= 3; off++ {
		at := step + uint64(off)
		next, ok := o.Verify(h.Code(at), now, 0, oath.DefaultTolerance)
		if want := off >= -1 && off <= 1; ok != want || ok && next != at+1 || !ok && next != 0 {
			t.Errorf("%+d steps: next %d, %v", off, next, ok)
		}
	}
	if _, ok := o.Verify(h.Code(step-1), now, 0, 0); ok {
		t.Error("without tolerance a late code was accepted")
	}
}

func TestTheFirstStepsHaveNoStepsBeforeThem(t *testing.T) {
	h := newHOTP(t, oath.SHA1, seed, 10)
	o := newTOTP(t, h, oath.DefaultStep, 0)
	if next, ok := o.Verify(h.Code(0), time.Unix(45, 0), 0, 5); !ok || next != 1 {
		t.Errorf("step 0 at step 1: %d, %v", next, ok)
	}
	if next, ok := o.Verify(h.Code(math.MaxUint64), time.Unix(0, 0), 0, 1); ok || next != 0 {
		t.Errorf("the step before step 0: %d, %v", next, ok)
	}
	if next, ok := o.Verify(h.Code(0), time.Unix(-1, 0), 0, 1); ok || next != 0 {
		t.Errorf("before T0: %d, %v", next, ok)
	}
}

// However the clock runs, also backwards, no step is accepted twice, and none
// below one that was accepted.
func TestNoStepIsAcceptedTwiceA2A8(t *testing.T) {
	h := newHOTP(t, oath.SHA512, seed, 10)
	o := newTOTP(t, h, oath.DefaultStep, 0)
	rapid.Check(t, func(t *rapid.T) {
		tolerance := rapid.Uint64Range(0, 3).Draw(t, "tolerance")
		next := uint64(0)
		for range rapid.IntRange(1, 30).Draw(t, "tries") {
			now := rapid.Uint64Range(0, 20).Draw(t, "now")
			step := rapid.Uint64Range(0, 24).Draw(t, "step")
			got, ok := o.Verify(h.Code(step), time.Unix(int64(now)*30+7, 0), next, tolerance)
			want := step >= next && step+tolerance >= now && step <= now+tolerance
			if ok != want || ok && got != step+1 || !ok && got != next {
				t.Fatalf("step %d at %d, next %d, tolerance %d: %d, %v", step, now, next, tolerance, got, ok)
			}
			next = got
		}
	})
}

package oath_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/offauth/offauth/authn/oath"
)

var newHash = map[oath.Hash]func() hash.Hash{oath.SHA1: sha1.New, oath.SHA256: sha256.New, oath.SHA512: sha512.New}

// A kind of work says how often it is to be done, and hands over the doing.
type work func(n int)

// bare is the reused HMAC alone, over a counter.
func bare(h oath.Hash) work {
	m := hmac.New(newHash[h], []byte(seed))
	m.Reset()
	var msg [8]byte
	var sum [sha512.Size]byte
	return func(n int) {
		for i := range n {
			binary.BigEndian.PutUint64(msg[:], uint64(i))
			m.Reset()
			m.Write(msg[:])
			m.Sum(sum[:0])
		}
	}
}

// codes makes codes as text into the same few bytes.
func codes(t testing.TB, h oath.Hash) work {
	o := newHOTP(t, h, seed, 6)
	var text [oath.MaxDigits]byte
	return func(n int) {
		for i := range n {
			o.Append(text[:0], uint64(i))
		}
	}
}

func pquerna(t testing.TB, h oath.Hash) work {
	key := base32.StdEncoding.EncodeToString([]byte(seed))
	opts := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: pquernaHash[h]}
	return func(n int) {
		for i := range n {
			if _, err := hotp.GenerateCodeCustom(key, uint64(i), opts); err != nil {
				t.Fatal(err)
			}
		}
	}
}

const everything = "OCRA-1:HOTP-SHA256-8:C-QN64-PSHA256-S064-T1M"

func everyInput(o *oath.OCRA) oath.Input {
	return oath.Input{
		Counter:  new(uint64(7)),
		Question: strings.Repeat("9", 64),
		Peer:     strings.Repeat("8", 64),
		PINHash:  o.Suite().HashPIN("1234"),
		Session:  []byte("a session"),
		Time:     new(uint64(0x132d0b6)),
	}
}

// Once a key is prepared nothing allocates, not even the first code.
func TestNothingIsAllocatedWhenAKeyIsReused(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	text := make([]byte, 0, 128)
	none := func(name string, f func()) {
		t.Helper()
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	counter := uint64(0)
	for _, hash := range hashes {
		h := newHOTP(t, hash, seed, 6)
		o := newTOTP(t, h, oath.DefaultStep, 0)
		none("HOTP "+hash.String(), func() { text = h.Append(text[:0], counter); counter++ })
		none("Find "+hash.String(), func() { h.Find("123456", counter, counter+9) })
		none("Verify "+hash.String(), func() { h.Verify("123456", counter, oath.DefaultLookAhead) })
		none("Resync "+hash.String(), func() { h.Resync("123456", "654321", counter, 20) })
		none("TOTP "+hash.String(), func() { text, _ = o.Append(text[:0], time.Unix(59, 0)) })
		none("TOTP Verify "+hash.String(), func() { o.Verify("123456", time.Unix(59, 0), 0, 1) })
	}
	for _, suite := range []string{everything, strings.Replace(everything, "QN", "QH", 1),
		strings.Replace(everything, "QN", "QA", 1)} {
		o := newOCRA(t, suite, seed)
		in := everyInput(o)
		var err error
		none(suite, func() {
			if text, err = o.Append(text[:0], in); err != nil {
				t.Fatal(err)
			}
		})
		none("Verify "+suite, func() { _, err = o.Verify("12345678", in) })
	}
	whole := newOCRA(t, "OCRA-1:HOTP-SHA512-0:QN08", seed)
	none("OCRA without truncation", func() { text, _ = whole.Append(text[:0], oath.Input{Question: "12345678"}) })
}

// median is the median over several runs of how much longer one piece of work
// takes than the other. They are run in turns, so that what slows the machine
// slows both.
func median(runs int, one, other func()) (ratio float64, a, b time.Duration) {
	var ratios []float64
	var as, bs []time.Duration
	timed := func(f func()) time.Duration {
		start := time.Now()
		f()
		return time.Since(start)
	}
	for range runs {
		a, b := timed(one), timed(other)
		as, bs, ratios = append(as, a), append(bs, b), append(ratios, a.Seconds()/b.Seconds())
	}
	slices.Sort(as)
	slices.Sort(bs)
	slices.Sort(ratios)
	return ratios[runs/2], as[runs/2], bs[runs/2]
}

func long(t *testing.T) {
	t.Helper()
	if os.Getenv("OFFAUTH_LONG") != "1" {
		t.Skip("OFFAUTH_LONG=1 measures")
	}
}

func TestACodeCostsLittleMoreThanItsHMACAndHalfOfPquernas(t *testing.T) {
	long(t)
	const n = 1000 // short turns: few are cut in two by whatever else runs
	for _, hash := range hashes {
		ours, alone, theirs := codes(t, hash), bare(hash), pquerna(t, hash)
		over, a, b := median(501, func() { ours(n) }, func() { alone(n) })
		t.Logf("%s: a code %v, the reused HMAC alone %v: %.3f times (limit 1.15)", hash, a/n, b/n, over)
		if over > 1.15 {
			t.Errorf("%s: a code costs %.3f times its HMAC", hash, over)
		}
		faster, p, o := median(101, func() { theirs(n) }, func() { ours(n) })
		t.Logf("%s: pquerna/otp %v, ours %v: %.2f times as fast (limit 2)", hash, p/n, o/n, faster)
		if faster < 2 {
			t.Errorf("%s: only %.2f times as fast as pquerna/otp", hash, faster)
		}
	}
}

// Both look for a code that is not there, among a million counters on one
// core; oathtool's start and end are in its time.
func TestASearchKeepsUpWithOathtools(t *testing.T) {
	path := oathtool(t)
	long(t)
	const last = 1_000_000
	h := newHOTP(t, oath.SHA1, seed, 8)
	missing := ""
	for i := 0; missing == ""; i++ {
		code := fmt.Sprintf("%08d", i)
		if _, ok := h.Find(code, 0, last); !ok {
			missing = code
		}
	}
	theirs := func() {
		out, err := exec.Command(path, "-d", "8", "-w", fmt.Sprint(last), hex.EncodeToString([]byte(seed)),
			missing).CombinedOutput()
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) ||
			!strings.Contains(string(out), "not found in range 0 .. 1000000") {
			t.Fatalf("oathtool: %v: %s", err, out)
		}
	}
	ours := func() {
		if c, ok := h.Find(missing, 0, last); ok {
			t.Fatalf("found at %d", c)
		}
	}
	speed, a, b := median(7, theirs, ours)
	t.Logf("%d counters: oathtool %v, ours %v: %.2f times its speed (limit 0.75, aim 1)", last+1, a, b, speed)
	if speed < 0.75 {
		t.Errorf("only %.2f times the speed of oathtool", speed)
	}
}

func BenchmarkHOTP(b *testing.B) {
	for _, hash := range hashes {
		for name, w := range map[string]work{"code": codes(b, hash), "hmac": bare(hash), "pquerna": pquerna(b, hash)} {
			b.Run(hash.String()+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				w(b.N)
			})
		}
	}
}

func BenchmarkOCRA(b *testing.B) {
	var text [128]byte
	for name, in := range map[string]oath.Input{
		"OCRA-1:HOTP-SHA256-6:QH64": {Question: strings.Repeat("0f", 32)},
		"OCRA-1:HOTP-SHA1-6:QN08":   {Question: "22222222"},
		everything:                  everyInput(newOCRA(b, everything, seed)),
	} {
		o := newOCRA(b, name, seed)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := o.Append(text[:0], in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package oath_test

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/offauth/offauth/authn/oath"
)

// The witnesses are programs that nobody here wrote. Their inputs are random
// and the same in every run.

var hashes = []oath.Hash{oath.SHA1, oath.SHA256, oath.SHA512}

// oathtool is the path of the tool. The test is skipped by name without it,
// or fails where tools are required.
func oathtool(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("oathtool")
	if err == nil {
		return path
	}
	if os.Getenv("OFFAUTH_REQUIRE_TOOLS") == "1" {
		t.Fatal("oathtool is required (OFFAUTH_REQUIRE_TOOLS=1) and not installed")
	}
	t.Skip("oathtool is not installed")
	return ""
}

func run(t *testing.T, path string, args ...string) []string {
	t.Helper()
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("oathtool %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.Fields(string(out))
}

func randomSecret(r *rand.Rand) string {
	secret := make([]byte, oath.MinSecret+r.IntN(150))
	for i := range secret {
		secret[i] = byte(r.Uint32())
	}
	return string(secret)
}

// randomCounter has any number of bits up to 62, so small ones come too.
func randomCounter(r *rand.Rand) uint64 { return r.Uint64() >> (2 + r.IntN(61)) }

func TestOathtoolMakesTheSameHOTPCodesA1(t *testing.T) {
	path := oathtool(t)
	r := rand.New(rand.NewPCG(4226, 1))
	for range 40 {
		secret, from, digits := randomSecret(r), randomCounter(r), 6+r.IntN(3)
		h := newHOTP(t, oath.SHA1, secret, digits)
		key := hex.EncodeToString([]byte(secret))
		codes := run(t, path, "-c", fmt.Sprint(from), "-d", fmt.Sprint(digits), "-w", "99", key)
		if len(codes) != 100 {
			t.Fatalf("%d codes", len(codes))
		}
		for i, code := range codes {
			if got := h.Code(from + uint64(i)); got != code {
				t.Fatalf("secret %s, counter %d: %s, oathtool has %s", key, from+uint64(i), got, code)
			}
		}
		// And as a judge: it finds a code where we find it.
		at := from + uint64(r.IntN(100))
		ours, ok := h.Find(h.Code(at), from, from+99)
		theirs := run(t, path, "-c", fmt.Sprint(from), "-d", fmt.Sprint(digits), "-w", "99", key, h.Code(at))
		if !ok || theirs[0] != fmt.Sprint(ours-from) {
			t.Fatalf("secret %s, counter %d: found at %d, %v; oathtool %v", key, at, ours-from, ok, theirs)
		}
	}
}

func TestOathtoolMakesTheSameTOTPCodesA1A5(t *testing.T) {
	path := oathtool(t)
	r := rand.New(rand.NewPCG(6238, 1))
	for i := range 60 {
		hash, secret, digits := hashes[i%3], randomSecret(r), 6+r.IntN(3)
		step, t0 := 1+r.IntN(120), int64(r.IntN(1_000_000))
		if i < 30 {
			step, t0 = 30, 0
		}
		now := t0 + int64(r.Uint64()>>(28+r.IntN(20))) // up to 2^36: the year 4147
		o := newTOTP(t, newHOTP(t, hash, secret, digits), time.Duration(step)*time.Second, t0)
		codes := run(t, path, "--totp="+hash.String(), "-d", fmt.Sprint(digits), "-w", "99",
			"-s", fmt.Sprintf("%ds", step), "-S", fmt.Sprintf("@%d", t0), "-N", fmt.Sprintf("@%d", now),
			hex.EncodeToString([]byte(secret)))
		if len(codes) != 100 {
			t.Fatalf("%d codes", len(codes))
		}
		for n, code := range codes {
			at := time.Unix(now+int64(n*step), 0)
			if got, err := o.Code(at); err != nil || got != code {
				t.Fatalf("%s at %d, step %d from %d: %s, %v; oathtool has %s", hash, at.Unix(), step, t0, got, err, code)
			}
		}
	}
}

var pquernaHash = map[oath.Hash]otp.Algorithm{
	oath.SHA1: otp.AlgorithmSHA1, oath.SHA256: otp.AlgorithmSHA256, oath.SHA512: otp.AlgorithmSHA512,
}

func TestPquernaMakesTheSameCodesA1(t *testing.T) {
	r := rand.New(rand.NewPCG(4226, 2))
	for i := range 3000 {
		hash, secret, digits := hashes[i%3], randomSecret(r), 6+r.IntN(4)
		h := newHOTP(t, hash, secret, digits)
		key := base32.StdEncoding.EncodeToString([]byte(secret))
		counter := randomCounter(r)
		want, err := hotp.GenerateCodeCustom(key, counter,
			hotp.ValidateOpts{Digits: otp.Digits(digits), Algorithm: pquernaHash[hash]})
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Code(counter); got != want {
			t.Fatalf("%s, counter %d, %d digits: %s, pquerna has %s", hash, counter, digits, got, want)
		}
		at := time.Unix(int64(counter>>28), 0)
		opts := totp.ValidateOpts{Period: 30, Digits: otp.Digits(digits), Algorithm: pquernaHash[hash]}
		if want, err = totp.GenerateCodeCustom(key, at, opts); err != nil {
			t.Fatal(err)
		}
		if got, err := newTOTP(t, h, oath.DefaultStep, 0).Code(at); err != nil || got != want {
			t.Fatalf("%s at %d: %s, %v; pquerna has %s", hash, at.Unix(), got, err, want)
		}
	}
}

package oath_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn/oath"
)

func newOCRA(t testing.TB, suite, secret string) *oath.OCRA {
	t.Helper()
	s, err := oath.ParseSuite(suite)
	if err != nil {
		t.Fatal(err)
	}
	o, err := oath.NewOCRA(s, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// RFC 6287, appendix C; by bytes instead of nibbles it would be 890740.
func TestAQuestionOfOddHexLengthIsPaddedByNibblesA7(t *testing.T) {
	o := newOCRA(t, "OCRA-1:HOTP-SHA1-6:QN08", seed)
	code, err := o.Code(oath.Input{Question: "22222222"})
	if err != nil || code != "653583" {
		t.Errorf("22222222 gives %s, %v; want 653583", code, err)
	}
}

// Errata 3899: the time of the vectors is hexadecimal.
func TestTheTimeOfTheVectorsIsAMinuteOf2008(t *testing.T) {
	s := newOCRA(t, "OCRA-1:HOTP-SHA512-8:QN08-T1M", seed).Suite()
	step, err := s.TimeStep(time.Date(2008, 3, 25, 12, 6, 59, 0, time.UTC))
	if err != nil || step != 0x132d0b6 {
		t.Errorf("step %#x, %v", step, err)
	}
}

func TestTimeStepsFollowTheSuitesGranularity(t *testing.T) {
	at := time.Unix(1_000_000, 999)
	for granularity, want := range map[string]uint64{
		"T1S": 1_000_000, "T20S": 50_000, "T59S": 16949, "T1M": 16666, "T59M": 282, "T1H": 277, "T48H": 5,
	} {
		s := newOCRA(t, "OCRA-1:HOTP-SHA1-6:QN08-"+granularity, seed).Suite()
		if got, err := s.TimeStep(at); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", granularity, got, err, want)
		}
		if _, err := s.TimeStep(time.Unix(-1, 0)); !errors.Is(err, oath.ErrBeforeT0) {
			t.Errorf("%s before the epoch: %v", granularity, err)
		}
	}
	none := newOCRA(t, "OCRA-1:HOTP-SHA1-6:QN08", seed).Suite()
	if _, err := none.TimeStep(at); !errors.Is(err, oath.ErrUnexpected) {
		t.Errorf("no time: %v", err)
	}
	still := newOCRA(t, "OCRA-1:HOTP-SHA1-6:QN08-T0H", seed).Suite()
	if _, err := still.TimeStep(at); !errors.Is(err, oath.ErrStep) {
		t.Errorf("T0H: %v", err)
	}
}

func TestAnInputMustFitItsSuite(t *testing.T) {
	const full = "OCRA-1:HOTP-SHA256-8:C-QA10-PSHA1-S004-T1M"
	good := func() oath.Input {
		return oath.Input{Counter: new(uint64(1)), Question: "abcDEF0123", PINHash: make([]byte, 20), Session: []byte("sess"),
			Time: new(uint64(2))}
	}
	for _, c := range []struct {
		suite, field string
		change       func(*oath.Input)
		want         error
	}{
		{full, "", func(in *oath.Input) {}, nil},
		{full, "", func(in *oath.Input) { in.Peer = "SRV1" }, nil},
		{full, "", func(in *oath.Input) { in.Session = []byte("s") }, nil},
		{full, "", func(in *oath.Input) { in.Question = "abcd" }, nil},
		{full, "counter", func(in *oath.Input) { in.Counter = nil }, oath.ErrMissing},
		{full, "question", func(in *oath.Input) { in.Question = "" }, oath.ErrMissing},
		{full, "PIN hash", func(in *oath.Input) { in.PINHash = nil }, oath.ErrMissing},
		{full, "session", func(in *oath.Input) { in.Session = nil }, oath.ErrMissing},
		{full, "time", func(in *oath.Input) { in.Time = nil }, oath.ErrMissing},
		{full, "question", func(in *oath.Input) { in.Question = "abc" }, oath.ErrLength},
		{full, "question", func(in *oath.Input) { in.Question = "abcDEF01234" }, oath.ErrLength},
		{full, "peer question", func(in *oath.Input) { in.Peer = "SRV" }, oath.ErrLength},
		{full, "peer question", func(in *oath.Input) { in.Peer = "SRV45678901" }, oath.ErrLength},
		{full, "PIN hash", func(in *oath.Input) { in.PINHash = make([]byte, 32) }, oath.ErrLength},
		{full, "session", func(in *oath.Input) { in.Session = []byte("sessi") }, oath.ErrLength},
		{full, "question", func(in *oath.Input) { in.Question = "abc DEF" }, oath.ErrCharacter},
		{full, "peer question", func(in *oath.Input) { in.Peer = "naïve" }, oath.ErrCharacter},
		{"OCRA-1:HOTP-SHA1-6:QN10-PSHA1-S004-T1M", "counter", func(in *oath.Input) {}, oath.ErrUnexpected},
		{"OCRA-1:HOTP-SHA1-6:C-QA10-S004-T1M", "PIN hash", func(in *oath.Input) {}, oath.ErrUnexpected},
		{"OCRA-1:HOTP-SHA1-6:C-QA10-PSHA1-T1M", "session", func(in *oath.Input) {}, oath.ErrUnexpected},
		{"OCRA-1:HOTP-SHA1-6:C-QA10-PSHA1-S004", "time", func(in *oath.Input) {}, oath.ErrUnexpected},
		{"OCRA-1:HOTP-SHA1-6:C-QN10-PSHA1-S004-T1M", "question", func(in *oath.Input) {}, oath.ErrCharacter},
		{"OCRA-1:HOTP-SHA1-6:C-QH10-PSHA1-S004-T1M", "", func(in *oath.Input) {}, nil},
		{"OCRA-1:HOTP-SHA1-6:C-QH10-PSHA1-S004-T1M", "question", func(in *oath.Input) { in.Question = "abcg" },
			oath.ErrCharacter},
	} {
		in := good()
		c.change(&in)
		code, err := newOCRA(t, c.suite, seed).Code(in)
		if !errors.Is(err, c.want) || (code == "") != (c.want != nil) {
			t.Errorf("%s %s: %q, %v; want %v", c.suite, c.field, code, err, c.want)
		}
		var input *oath.InputError
		if c.want != nil && (!errors.As(err, &input) || input.Field != c.field) {
			t.Errorf("%s: %v does not name the %s", c.suite, err, c.field)
		}
		if c.want != nil && !strings.Contains(err.Error(), c.field+": ") {
			t.Errorf("%s: %q does not say which", c.suite, err)
		}
		if ok, err := newOCRA(t, c.suite, seed).Verify("12345678", in); ok || !errors.Is(err, c.want) {
			t.Errorf("Verify %s: %v, %v", c.suite, ok, err)
		}
	}
}

func TestNoSuiteNoOCRA(t *testing.T) {
	if _, err := oath.NewOCRA(oath.Suite{}, []byte(seed)); !errors.Is(err, oath.ErrSuite) {
		t.Errorf("the zero suite: %v", err)
	}
	s, err := oath.ParseSuite("OCRA-1:HOTP-SHA1-6:QN08")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := oath.NewOCRA(s, []byte("short")); !errors.Is(err, oath.ErrSecret) {
		t.Errorf("a short secret: %v", err)
	}
}

func TestVerifyTakesTheRightResponseAlone(t *testing.T) {
	for _, suite := range []string{"OCRA-1:HOTP-SHA1-4:QN08", "OCRA-1:HOTP-SHA256-10:QN08", "OCRA-1:HOTP-SHA512-0:QN08"} {
		o := newOCRA(t, suite, seed)
		in := oath.Input{Question: "12345678"}
		code, err := o.Code(in)
		if err != nil {
			t.Fatal(err)
		}
		if digits := o.Suite().Digits(); digits != 0 && len(code) != digits {
			t.Errorf("%s: %q", suite, code)
		}
		if ok, err := o.Verify(code, in); !ok || err != nil {
			t.Errorf("%s: the right response: %v, %v", suite, ok, err)
		}
		wrong := []byte(code)
		wrong[0] ^= 1
		for _, typed := range []string{"", code[1:], "0" + code, code + "0", string(wrong)} {
			if ok, err := o.Verify(typed, in); ok || err != nil {
				t.Errorf("%s: %q: %v, %v", suite, typed, ok, err)
			}
		}
	}
}

// reference computes a response the slow way, from hexadecimal text, as the
// RFC describes it: a second opinion that shares nothing with the package.
func reference(suite, secret string, digits int, in oath.Input) string {
	newHash := map[string]func() hash.Hash{"SHA1": sha1.New, "SHA256": sha256.New, "SHA512": sha512.New}
	parts := strings.FieldsFunc(suite, func(r rune) bool { return r == ':' || r == '-' })
	text := hex.EncodeToString([]byte(suite)) + "00"
	if in.Counter != nil {
		text += fmt.Sprintf("%016x", *in.Counter)
	}
	question := in.Question + in.Peer
	switch suite[strings.IndexByte(suite, 'Q')+1] {
	case 'A':
		question = hex.EncodeToString([]byte(question))
	case 'N':
		n, _ := new(big.Int).SetString(question, 10)
		question = n.Text(16)
	}
	text += question + strings.Repeat("0", 256-len(question)) + hex.EncodeToString(in.PINHash)
	if at := strings.Index(suite, "-S0"); at >= 0 {
		n, _ := new(big.Int).SetString(suite[at+2:at+5], 10)
		text += fmt.Sprintf("%0*x", 2*int(n.Int64()), in.Session)
	}
	if in.Time != nil {
		text += fmt.Sprintf("%016x", *in.Time)
	}
	message, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	h := hmac.New(newHash[parts[3]], []byte(secret))
	h.Write(message)
	sum := h.Sum(nil)
	if digits == 0 {
		return hex.EncodeToString(sum)
	}
	value := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) << 1 >> 1
	whole := fmt.Sprintf("%010d", value)
	return whole[10-digits:]
}

func TestEverySuiteComputesWhatTheReferenceDoesA7(t *testing.T) {
	hashes := []string{"SHA1", "SHA256", "SHA512"}
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.SampledFrom([]int{0, 4, 5, 6, 7, 8, 9, 10}).Draw(t, "digits")
		length := rapid.IntRange(4, 64).Draw(t, "length")
		alphabet := rapid.SampledFrom([]string{"A[0-9A-Za-z]", "N[0-9]", "H[0-9A-Fa-f]"}).Draw(t, "format")
		question := rapid.StringMatching(fmt.Sprintf("%s{4,%d}", alphabet[1:], length))
		in := oath.Input{Question: question.Draw(t, "question")}
		text := fmt.Sprintf("OCRA-1:HOTP-%s-%d:", rapid.SampledFrom(hashes).Draw(t, "hash"), digits)
		if rapid.Bool().Draw(t, "C") {
			text, in.Counter = text+"C-", new(rapid.Uint64().Draw(t, "counter"))
		}
		text += fmt.Sprintf("Q%c%02d", alphabet[0], length)
		if rapid.Bool().Draw(t, "mutual") {
			in.Peer = question.Draw(t, "peer")
		}
		pin := rapid.SampledFrom(append(hashes, "")).Draw(t, "P")
		if pin != "" {
			text += "-P" + pin
		}
		if rapid.Bool().Draw(t, "S") {
			n := rapid.IntRange(1, 99).Draw(t, "nnn")
			text, in.Session = text+fmt.Sprintf("-S%03d", n), rapid.SliceOfN(rapid.Byte(), 1, n).Draw(t, "session")
		}
		if rapid.Bool().Draw(t, "T") {
			text, in.Time = text+"-T30S", new(rapid.Uint64().Draw(t, "time"))
		}
		suite, err := oath.ParseSuite(text)
		if err != nil {
			t.Fatal(err)
		}
		in.PINHash = suite.HashPIN("1234")
		secret := rapid.StringN(16, 200, -1).Draw(t, "secret")
		o, err := oath.NewOCRA(suite, []byte(secret))
		if err != nil {
			t.Fatal(err)
		}
		want := reference(text, secret, digits, in)
		// Twice: the second time the scratch space is full of the first.
		for range 2 {
			if got, err := o.Append([]byte("R="), in); err != nil || !bytes.Equal(got, []byte("R="+want)) {
				t.Fatalf("%s: %s, %v; want %s", text, got, err, want)
			}
		}
	})
}

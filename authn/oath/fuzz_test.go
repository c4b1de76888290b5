package oath_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn/oath"
)

var goodSuites = []string{
	"OCRA-1:HOTP-SHA1-6:QN08",
	"OCRA-1:HOTP-SHA1-4:QA04",
	"OCRA-1:HOTP-SHA256-0:QH64",
	"OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1",
	"OCRA-1:HOTP-SHA512-10:C-QH64-PSHA512-S999-T48H",
	"OCRA-1:HOTP-SHA512-8:QA10-T1M",
	"OCRA-1:HOTP-SHA1-9:QN64-S001",
	"OCRA-1:HOTP-SHA1-9:QN64-PSHA256-T59S",
	"OCRA-1:HOTP-SHA1-9:QN64-S512-T0H",
}

var badSuites = []string{
	"", "OCRA-1", "OCRA-1:", "OCRA-1::", "OCRA-1:HOTP-SHA1-6", "OCRA-1:HOTP-SHA1-6:",
	"OCRA-2:HOTP-SHA1-6:QN08", "ocra-1:hotp-sha1-6:qn08", " OCRA-1:HOTP-SHA1-6:QN08", "OCRA-1:HOTP-SHA1-6:QN08 ",
	"OCRA-1:OCRA-1:HOTP-SHA1-6:QN08", "OCRA-1:HOTP-SHA1-6:QN08:", "OCRA-1:HOTP-SHA1-6:QN08\x00",
	"OCRA-1:TOTP-SHA1-6:QN08", "OCRA-1:HOTP-SHA-6:QN08", "OCRA-1:HOTP-SHA3-6:QN08", "OCRA-1:HOTP-none-6:QN08",
	"OCRA-1:HOTP-SHA1:QN08", "OCRA-1:HOTP-SHA1-6-6:QN08", "OCRA-1:HOTP-SHA1-:QN08", "OCRA-1:HOTP-SHA1--6:QN08",
	"OCRA-1:HOTP-SHA1-1:QN08", "OCRA-1:HOTP-SHA1-3:QN08", "OCRA-1:HOTP-SHA1-11:QN08", "OCRA-1:HOTP-SHA1-06:QN08",
	"OCRA-1:HOTP-SHA1-+6:QN08",
	"OCRA-1:HOTP-SHA1-6:C", "OCRA-1:HOTP-SHA1-6:C-", "OCRA-1:HOTP-SHA1-6:C-C-QN08", "OCRA-1:HOTP-SHA1-6:QN08-C",
	"OCRA-1:HOTP-SHA1-6:CQN08",
	"OCRA-1:HOTP-SHA1-6:Q", "OCRA-1:HOTP-SHA1-6:QN", "OCRA-1:HOTP-SHA1-6:QN8", "OCRA-1:HOTP-SHA1-6:QN008",
	"OCRA-1:HOTP-SHA1-6:QB08",
	"OCRA-1:HOTP-SHA1-6:QN00", "OCRA-1:HOTP-SHA1-6:QN03", "OCRA-1:HOTP-SHA1-6:QN65", "OCRA-1:HOTP-SHA1-6:QN-8",
	"OCRA-1:HOTP-SHA1-6:QN+8", "OCRA-1:HOTP-SHA1-6:QN 8",
	"OCRA-1:HOTP-SHA1-6:QN08-", "OCRA-1:HOTP-SHA1-6:QN08-QN08", "OCRA-1:HOTP-SHA1-6:PSHA1",
	"OCRA-1:HOTP-SHA1-6:QN08-P", "OCRA-1:HOTP-SHA1-6:QN08-PMD5", "OCRA-1:HOTP-SHA1-6:QN08-PSHA1-PSHA1",
	"OCRA-1:HOTP-SHA1-6:QN08-S", "OCRA-1:HOTP-SHA1-6:QN08-S64", "OCRA-1:HOTP-SHA1-6:QN08-S000",
	"OCRA-1:HOTP-SHA1-6:QN08-S0064", "OCRA-1:HOTP-SHA1-6:QN08-S-64",
	"OCRA-1:HOTP-SHA1-6:QN08-T", "OCRA-1:HOTP-SHA1-6:QN08-TM", "OCRA-1:HOTP-SHA1-6:QN08-T1", "OCRA-1:HOTP-SHA1-6:QN08-T1D",
	"OCRA-1:HOTP-SHA1-6:QN08-T01M",
	"OCRA-1:HOTP-SHA1-6:QN08-T0S", "OCRA-1:HOTP-SHA1-6:QN08-T0M", "OCRA-1:HOTP-SHA1-6:QN08-T60S",
	"OCRA-1:HOTP-SHA1-6:QN08-T60M", "OCRA-1:HOTP-SHA1-6:QN08-T49H", "OCRA-1:HOTP-SHA1-6:QN08-T-0H",
	"OCRA-1:HOTP-SHA1-6:QN08-T1M-S064", "OCRA-1:HOTP-SHA1-6:QN08-S064-PSHA1", "OCRA-1:HOTP-SHA1-6:QN08-T1M-T1M",
	"OCRA-1:HOTP-SHA1-6:QN08-X",
}

// grammar is the suite's grammar once more, as a regular expression.
var grammar = regexp.MustCompile(`^OCRA-1:HOTP-SHA(1|256|512)-(0|[4-9]|10):(C-)?` +
	`Q[ANH](0[4-9]|[1-5][0-9]|6[0-4])(-PSHA(1|256|512))?(-S(00[1-9]|0[1-9][0-9]|[1-9][0-9][0-9]))?` +
	`(-T([1-9]|[1-5][0-9])[SM]|-T([0-9]|[1-3][0-9]|4[0-8])H)?$`)

// What parses prints to the same text; all that the grammar has parses, and
// nothing else.
func FuzzSuite(f *testing.F) {
	for _, text := range append(goodSuites, badSuites...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := oath.ParseSuite(text)
		want := grammar.MatchString(text) && text[len(text)-1] != '\n'
		if (err == nil) != want {
			t.Fatalf("%q: %v; the grammar says %v", text, err, want)
		}
		if err != nil && (s != oath.Suite{} || !errors.Is(err, oath.ErrSuite)) {
			t.Fatalf("%q: %v, %v", text, s, err)
		}
		if s.String() != text && err == nil {
			t.Fatalf("%q prints as %q", text, s)
		}
	})
}

func TestSuitesAreTakenOrRefusedByTheGrammar(t *testing.T) {
	for _, text := range goodSuites {
		if s, err := oath.ParseSuite(text); err != nil || s.String() != text {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
	for _, text := range badSuites {
		if _, err := oath.ParseSuite(text); !errors.Is(err, oath.ErrSuite) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Numbers become hexadecimal text as math/big writes it, whatever their length
// and their leading zeros (rule A7). Every byte is taken for a digit, so that
// nothing is wasted on what is no number.
func FuzzNumericQuestionA7(f *testing.F) {
	const suite = "OCRA-1:HOTP-SHA256-0:QN64"
	o := newOCRA(f, suite, seed)
	digits := func(raw string) string {
		text := []byte("0000")
		if len(raw) >= 4 {
			text = []byte(raw[:min(len(raw), 64)])
		}
		for i := range text {
			text[i] = '0' + text[i]%10
		}
		return string(text)
	}
	f.Add("\x00\x00\x00\x00\x00\x00\x00\x00", "")
	f.Add("22222222", "0000")
	f.Add(strings.Repeat("\x09", 64), strings.Repeat("\x09", 64))
	f.Fuzz(func(t *testing.T, question, peer string) {
		in := oath.Input{Question: digits(question)}
		if peer != "" {
			in.Peer = digits(peer)
		}
		got, err := o.Code(in)
		if want := reference(suite, seed, 0, in); err != nil || got != want {
			t.Fatalf("%+v: %s, %v; want %s", in, got, err, want)
		}
	})
}

// Whatever is asked, the answer is the reference's or a refusal, and refused
// is what the format does not have.
func FuzzQuestion(f *testing.F) {
	f.Add("SIG10000", "", byte(0), byte(8))
	f.Add("CLI22220", "SRV11110", byte(0), byte(8))
	f.Add("abcDE", "", byte(2), byte(64))
	f.Add("1234", "0", byte(1), byte(4))
	f.Add("naïve question", "\x00\xff", byte(2), byte(20))
	alphabets := []string{"0-9A-Za-z", "0-9", "0-9A-Fa-f"}
	f.Fuzz(func(t *testing.T, question, peer string, format, length byte) {
		format, length = format%3, 4+length%61
		text := fmt.Sprintf("OCRA-1:HOTP-SHA1-8:Q%c%02d", "ANH"[format], length)
		in := oath.Input{Question: question, Peer: peer}
		got, err := newOCRA(t, text, seed).Code(in)
		fits := regexp.MustCompile(fmt.Sprintf(`^[%s]{4,%d}$`, alphabets[format], length))
		want := fits.MatchString(question) && (peer == "" || fits.MatchString(peer))
		if (err == nil) != want {
			t.Fatalf("%s: %q %q: %v", text, question, peer, err)
		}
		if err == nil && got != reference(text, seed, 8, in) {
			t.Fatalf("%s: %q %q: %s", text, question, peer, got)
		}
	})
}

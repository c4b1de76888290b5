package hypr

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/offauth/offauth/authn"
)

func TestAFixedStreamGivesThesePINsH13(t *testing.T) {
	stream := []byte{
		0, 1, 2, 3, 4, 5, // 234567
		30, 31, 61, 62, 247, 29, // Z2Z2ZY: a byte counts modulo 31
		248, 249, 255, // discarded: 248 = 8 x 31
		0, 1, 2, 3, 4, 5, // 234567 again: a duplicate, discarded
		8, 9, 251, 10, 11, 16, 17, // ABCDJK
	}
	got, err := drawPINs(bytes.NewReader(stream), 3, 6)
	if want := []string{"234567", "Z2Z2ZY", "ABCDJK"}; err != nil || !slices.Equal(got, want) {
		t.Fatalf("%v %v, want %v", got, err, want)
	}
	if _, err := drawPINs(bytes.NewReader(stream), 4, 6); err == nil {
		t.Fatal("a stream that ends gave PINs")
	}
}

func TestPINsAreUniqueAndOfTheAlphabetH13(t *testing.T) {
	rand := stream("unique")
	for _, length := range []int{6, 8, 13} {
		for range 50 {
			pins, err := drawPINs(rand, 100, length)
			if err != nil || len(pins) != 100 {
				t.Fatalf("%d PINs: %v", len(pins), err)
			}
			seen := map[string]bool{}
			for _, pin := range pins {
				if len(pin) != length || strings.Trim(pin, Alphabet) != "" || seen[pin] {
					t.Fatalf("the PIN %q of %d symbols", pin, length)
				}
				seen[pin] = true
			}
		}
	}
}

// TestEachSymbolIsAsLikelyAsTheOthersH13 counts 240,000 symbols of a fixed
// stream, over all and at each place. Of 30 degrees of freedom, chi square
// exceeds 70 once in 40,000 streams.
func TestEachSymbolIsAsLikelyAsTheOthersH13(t *testing.T) {
	const length, sets = 8, 300
	rand := stream("uniform")
	var at [length][len(Alphabet)]int
	for range sets {
		pins, err := drawPINs(rand, 100, length)
		if err != nil {
			t.Fatal(err)
		}
		for _, pin := range pins {
			for i := range length {
				at[i][strings.IndexByte(Alphabet, pin[i])]++
			}
		}
	}
	var all [len(Alphabet)]int
	for i := range length {
		for s, n := range at[i] {
			all[s] += n
		}
		if x := chiSquare(at[i][:]); x > 70 {
			t.Errorf("place %d: chi square %.1f", i, x)
		}
	}
	if x := chiSquare(all[:]); x > 70 {
		t.Errorf("over all: chi square %.1f", x)
	}
}

func chiSquare(counts []int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	want, x := float64(sum)/float64(len(counts)), 0.0
	for _, n := range counts {
		x += (float64(n) - want) * (float64(n) - want) / want
	}
	return x
}

func stream(seed string) io.Reader { return rand.NewChaCha8(sha256.Sum256([]byte(seed))) }

func TestNormaliseIgnoresCaseBlanksAndHyphensOnlyH14H44(t *testing.T) {
	for in, want := range map[string]string{
		"ABCD2345": "ABCD2345", "abcd2345": "ABCD2345", "AB cd-23\t45": "ABCD2345", " -\u00a0ABCD2345 ": "ABCD2345",
		"": "", "---": "", "0O1Il": "0O1IL", "AB_CD": "AB_CD", "AB\u2011CD": "ABCD",
		"AB\u2013cd\u200923\u2212\u200b45\ufeff": "ABCD2345", "AB\r\nCD": "ABCD", "AB.CD": "AB.CD",
	} {
		if got := normalise(authn.NewSecret(in)); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

// TestNoOtherLetterIsTakenForOneOfThe31H13H44: the long s has the capital S,
// but is not an S.
func TestNoOtherLetterIsTakenForOneOfThe31H13H44(t *testing.T) {
	for r := rune(0x80); r <= utf8.MaxRune; r++ {
		if got := normalise(authn.NewSecret(string(r))); len(got) == 1 && strings.Contains(Alphabet, got) {
			t.Errorf("%q is taken for %s", r, got)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"", "ABCD-2345", "abcd 2345", "\xff\xfe", "ß\u2011ı", "a\u2014b\u3000c", "0O1IL"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := normalise(authn.NewSecret(in))
		if again := normalise(authn.NewSecret(out)); again != out {
			t.Fatalf("%q gives %q, and that %q", in, out, again)
		}
		if strings.ContainsAny(out, "- \t\u00a0\u2013\u2212\u2009\u200babcdefghijklmnopqrstuvwxyz") {
			t.Fatalf("%q gives %q", in, out)
		}
		if spread := " -" + strings.Join(strings.Split(in, ""), "- ") + "\t"; utf8.ValidString(in) &&
			normalise(authn.NewSecret(spread)) != out {
			t.Fatalf("%q with blanks gives another PIN", in)
		}
		if strings.Trim(in, Alphabet) == "" && out != in {
			t.Fatalf("a PIN of the alphabet, %q, became %q", in, out)
		}
	})
}

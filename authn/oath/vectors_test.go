package oath_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn/oath"
)

// The vectors of the RFCs stand in testdata/vectors. A line sets something
// (hash, secret, digits, suite) or is a case (hotp, totp, ocra) with key=value
// words. The vocabulary is closed: a word that is not known, or given twice,
// or left over, fails the file, so that no typo turns a case off.

type vectors struct {
	hash   oath.Hash
	secret []byte
	digits int
	suite  string
	cases  int
}

func TestTheVectorsOfTheRFCsA1A7(t *testing.T) {
	for name, cases := range map[string]int{"rfc4226.txt": 20, "rfc6238.txt": 18, "rfc6287.txt": 70} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(filepath.Join("testdata", "vectors", name))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var v vectors
			for lines, n := bufio.NewScanner(f), 1; lines.Scan(); n++ {
				if err := v.line(lines.Text()); err != nil {
					t.Errorf("%s:%d: %v", name, n, err)
				}
			}
			if v.cases != cases {
				t.Errorf("%d cases, want %d", v.cases, cases)
			}
		})
	}
}

func TestATypoInAVectorFailsIt(t *testing.T) {
	for _, line := range []string{
		"htop counter=0 code=755224",
		"hotp conter=0 code=755224",
		"hotp counter=0 counter=0 code=755224",
		"hotp counter=0 code=755224 pin=1234",
		"hotp counter=0",
		"hotp counter=0 code",
		"hotp counter=0 code=755225",
		"hash SHA3",
		"suite",
		"digits six",
	} {
		v := vectors{hash: oath.SHA1, secret: []byte("12345678901234567890"), digits: 6}
		if err := v.line(line); err == nil {
			t.Errorf("%q was taken", line)
		}
	}
}

func (v *vectors) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	if word == "" || word == "#" {
		return nil
	}
	if rest == "" {
		return fmt.Errorf("nothing behind %q", word)
	}
	var err error
	switch word {
	case "hash":
		v.hash = map[string]oath.Hash{"SHA1": oath.SHA1, "SHA256": oath.SHA256, "SHA512": oath.SHA512}[rest]
		if v.hash == 0 {
			err = fmt.Errorf("no hash %q", rest)
		}
	case "secret":
		v.secret = []byte(rest)
	case "digits":
		v.digits, err = strconv.Atoi(rest)
	case "suite":
		v.suite = rest
	case "hotp", "totp", "ocra":
		v.cases++
		err = v.run(word, rest)
	default:
		err = fmt.Errorf("no word %q", word)
	}
	return err
}

// words are the key=value words of a case. Each is taken once.
type words map[string]string

func (w words) take(key string) string {
	value := w[key]
	delete(w, key)
	return value
}

func (w words) number(key string, base int) (*uint64, error) {
	text, ok := w[key]
	if !ok {
		return nil, nil
	}
	n, err := strconv.ParseUint(w.take(key), base, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: no number: %q", key, text)
	}
	return &n, nil
}

func (v *vectors) run(kind, rest string) error {
	w := words{}
	for _, field := range strings.Fields(rest) {
		key, value, ok := strings.Cut(field, "=")
		if _, twice := w[key]; !ok || twice || value == "" {
			return fmt.Errorf("not key=value, or twice: %q", field)
		}
		w[key] = value
	}
	code := w.take("code")
	var got string
	var err error
	switch kind {
	case "ocra":
		got, err = v.ocra(w)
	default:
		got, err = v.counted(kind, w)
	}
	if err == nil && len(w) > 0 {
		err = fmt.Errorf("words left over: %v", w)
	}
	if err == nil && got != code {
		err = fmt.Errorf("%s gives %s, want %s", rest, got, code)
	}
	return err
}

func (v *vectors) counted(kind string, w words) (string, error) {
	counter, err1 := w.number("counter", 10)
	at, err2 := w.number("time", 10)
	h, err3 := oath.NewHOTP(v.hash, v.secret, v.digits)
	if err := errors.Join(err1, err2, err3); err != nil {
		return "", err
	}
	switch {
	case kind == "hotp" && counter != nil && at == nil:
		return h.Code(*counter), nil
	case kind == "totp" && at != nil && counter == nil:
		o, err := oath.NewTOTP(h, oath.DefaultStep, 0)
		if err != nil {
			return "", err
		}
		return o.Code(time.Unix(int64(*at), 0))
	}
	return "", fmt.Errorf("hotp has a counter, totp has a time")
}

func (v *vectors) ocra(w words) (string, error) {
	suite, err1 := oath.ParseSuite(v.suite)
	o, err2 := oath.NewOCRA(suite, v.secret)
	counter, err3 := w.number("counter", 10)
	step, err4 := w.number("step", 16)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return "", err
	}
	in := oath.Input{Counter: counter, Question: w.take("question"), Peer: w.take("peer"), Time: step}
	if pin := w.take("pin"); pin != "" {
		in.PINHash = suite.HashPIN(pin)
	}
	return o.Code(in)
}

package hypr

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
)

// The vectors of docs/protocol-hypr.md.
var (
	vectorSalt   = unhex("000102030405060708090a0b0c0d0e0f")
	vectorSeed   = bytes.Repeat([]byte{0xa5}, 32)
	vectorTriple = triple{User: "alice", Phone: "pixel", Workstation: "LAPTOP-7"}
)

const (
	vectorPIN     = "ABCD2345"
	vectorNumber  = 7
	vectorIssued  = 1772438400000000000 // 2026-03-02T08:00:00Z
	vectorExpires = 1775030400000000000 // 30 x 24 h later
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// TestTheVectorsOfTheDocument recomputes each value and finds it in the
// document.
func TestTheVectorsOfTheDocument(t *testing.T) {
	doc, err := os.ReadFile("../../docs/protocol-hypr.md")
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(string(doc)), "")
	stretched := kdfJob(authn.DefaultKDF(), vectorSalt, vectorPIN).Do()
	header := setHeader(vectorTriple, vectorNumber, vectorIssued, vectorExpires)
	tag, key := copyKeys(stretched, header)
	for name, value := range map[string][]byte{
		"stretched": stretched, "header": header, "tag": tag, "key": key, "copy": seal(key, vectorSeed, header),
		"pin_set_held": encode(msgPINSetHeld, &pinSetHeld{triple: vectorTriple, Number: vectorNumber}, sampleKey),
	} {
		if !strings.Contains(flat, hex.EncodeToString(value)) {
			t.Errorf("%s is %x, which the document does not have", name, value)
		}
	}
}

// TestDeriveIsHKDFWithThatInfo computes HKDF-SHA-256 by hand (RFC 5869).
func TestDeriveIsHKDFWithThatInfo(t *testing.T) {
	mac := func(key, data []byte) []byte {
		h := hmac.New(sha256.New, key)
		h.Write(data)
		return h.Sum(nil)
	}
	secret, bound := []byte("stretched"), []byte{1, 2, 0, 3}
	pseudo := mac(make([]byte, 32), secret)
	for _, purpose := range []string{"tag", "copy", "login"} {
		info := append([]byte("offauth hypr "+purpose+" 1\x00"), bound...)
		want := mac(pseudo, append(info, 1))
		for _, n := range []int{16, 32} {
			if got := derive(secret, purpose, bound, n); !bytes.Equal(got, want[:n]) {
				t.Errorf("%s, %d bytes: %x, want %x", purpose, n, got, want[:n])
			}
		}
	}
}

// TestATagAndAKeyBelongToOneSetAloneH12 changes one part of a set's header at
// a time.
func TestATagAndAKeyBelongToOneSetAloneH12(t *testing.T) {
	stretched := []byte("the same PIN and salt")
	headers := map[string][]byte{
		"the set":             setHeader(vectorTriple, 7, 100, 200),
		"another user":        setHeader(triple{"bob", "pixel", "LAPTOP-7"}, 7, 100, 200),
		"another phone":       setHeader(triple{"alice", "tablet", "LAPTOP-7"}, 7, 100, 200),
		"another workstation": setHeader(triple{"alice", "pixel", "DESK-1"}, 7, 100, 200),
		"another number":      setHeader(vectorTriple, 8, 100, 200),
		"another issue":       setHeader(vectorTriple, 7, 101, 200),
		"another expiry":      setHeader(vectorTriple, 7, 100, 201),
		"shifted names":       setHeader(triple{"alic", "epixel", "LAPTOP-7"}, 7, 100, 200),
		"names as one":        setHeader(triple{"alicepixel", "", "LAPTOP-7"}, 7, 100, 200),
	}
	seen := map[string]string{}
	for name, header := range headers {
		tag, key := copyKeys(stretched, header)
		if bytes.Equal(tag, key[:len(tag)]) {
			t.Errorf("%s: the tag gives half of the key away", name)
		}
		for _, value := range []string{string(tag), string(key)} {
			if other, ok := seen[value]; ok {
				t.Errorf("%s has a value of %s", name, other)
			}
			seen[value] = name
		}
	}
	tag, key := copyKeys([]byte("another PIN"), headers["the set"])
	if seen[string(tag)]+seen[string(key)] != "" {
		t.Error("another PIN has the same tag or key")
	}
}

func TestACopyOpensWithItsKeyAndHeaderOnlyH11H12(t *testing.T) {
	header := setHeader(vectorTriple, 7, 100, 200)
	_, key := copyKeys([]byte("PIN"), header)
	_, other := copyKeys([]byte("PIM"), header)
	sealed := seal(key, vectorSeed, header)
	if len(sealed) != copySize {
		t.Fatalf("a copy has %d bytes", len(sealed))
	}
	if got, ok := open(key, sealed, header); !ok || !bytes.Equal(got, vectorSeed) {
		t.Fatal("the right key does not open it")
	}
	for name, try := range map[string][3][]byte{
		"another PIN":    {other, sealed, header},
		"another header": {key, sealed, setHeader(vectorTriple, 8, 100, 200)},
		"wiped":          {key, make([]byte, copySize), header},
		"cut":            {key, sealed[:copySize-1], header},
		"longer":         {key, append(bytes.Clone(sealed), 0), header},
		"nothing":        {key, nil, header},
	} {
		if _, ok := open(try[0], try[1], try[2]); ok {
			t.Errorf("%s: it opens", name)
		}
	}
	for n := range len(sealed) * 8 {
		flipped := bytes.Clone(sealed)
		flipped[n/8] ^= 1 << (n % 8)
		if _, ok := open(key, flipped, header); ok {
			t.Fatalf("with bit %d flipped it opens", n)
		}
	}
}

func TestWhatIsSealedToASiteOpensThereOnly(t *testing.T) {
	box := bytes.Repeat([]byte{9}, 32)
	public, err := authn.BoxPublic(box)
	if err != nil {
		t.Fatal(err)
	}
	bound := []byte("bound")
	sealed, err := sealTo(public, vectorSeed, bound)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := openFor(box, sealed, bound); !ok || !bytes.Equal(got, vectorSeed) {
		t.Fatal("it does not open")
	}
	if len(sealed) != 32+len(vectorSeed)+16 {
		t.Fatalf("%d bytes", len(sealed))
	}
	again, err := sealTo(public, vectorSeed, bound)
	if err != nil || bytes.Equal(again, sealed) {
		t.Fatalf("sealed twice to the same bytes: %v", err)
	}
	for name, try := range map[string][3][]byte{
		"another box":   {bytes.Repeat([]byte{8}, 32), sealed, bound},
		"another bound": {box, sealed, []byte("bounds")},
		"cut":           {box, sealed[:len(sealed)-1], bound},
		"half a key":    {box, sealed[:31], bound},
		"nothing":       {box, nil, bound},
		"no box":        {nil, sealed, bound},
		"zeros":         {box, make([]byte, len(sealed)), bound},
	} {
		if _, ok := openFor(try[0], try[1], try[2]); ok {
			t.Errorf("%s: it opens", name)
		}
	}
	for _, key := range [][]byte{nil, make([]byte, 31), make([]byte, 32)} {
		if _, err := sealTo(key, vectorSeed, bound); err == nil {
			t.Errorf("sealed to the key %x", key)
		}
	}
}

func TestAJobIsNamedByAllThatItsAnswerDependsOn(t *testing.T) {
	k := authn.KDF{Time: 1, MemoryKiB: 8}
	seen := map[string]string{}
	for name, job := range map[string]authn.SlowJob{
		"the job": kdfJob(k, vectorSalt, "A"), "another PIN": kdfJob(k, vectorSalt, "B"),
		"another salt":   kdfJob(k, vectorSalt[1:], "A"),
		"another time":   kdfJob(authn.KDF{Time: 2, MemoryKiB: 8}, vectorSalt, "A"),
		"another memory": kdfJob(authn.KDF{Time: 1, MemoryKiB: 16}, vectorSalt, "A"),
	} {
		if seen[job.Key] != "" {
			t.Errorf("%s has the key of %s", name, seen[job.Key])
		}
		seen[job.Key] = name
		answer := string(job.Do())
		if len(answer) != 32 || seen[answer] != "" {
			t.Errorf("%s has %d bytes, as %s", name, len(answer), seen[answer])
		}
		seen[answer] = name
	}
	if key := kdfJob(k, vectorSalt, "SECRETPN").Key; strings.Contains(key, "SECRETPN") {
		t.Errorf("the key of a job holds the PIN: %s", key)
	}
	if !bytes.Equal(kdfJob(k, vectorSalt, "A").Do(), kdfJob(k, vectorSalt, "A").Do()) {
		t.Error("a job has two answers")
	}
}

func FuzzOpenFor(f *testing.F) {
	box := bytes.Repeat([]byte{9}, 32)
	public, err := authn.BoxPublic(box)
	if err != nil {
		f.Fatal(err)
	}
	real, err := sealTo(public, vectorSeed, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(real[1:])
	f.Add(make([]byte, 48))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, ok := openFor(box, sealed, []byte("never sealed to this")); ok {
			t.Fatalf("%x opens", sealed)
		}
	})
}

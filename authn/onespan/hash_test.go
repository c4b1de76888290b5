package onespan

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn/oath"
)

var (
	testSeed    = []byte("12345678901234567890")
	testHashKey = bytes.Repeat([]byte{9}, keySize)
	testDataKey = bytes.Repeat([]byte{8}, dataKeySize)
)

// layout is an offer of so many days or uses, as the server lays it out.
func layout(of Type, days, uses int) offer {
	o := offer{Serial: "OFA0000001", Type: of, Number: 1, Digits: 6, Diversifier: 3}
	if of == TimeBased {
		o.Days, o.StepSeconds, o.Per, o.Pad, o.From = days, 30, 2880, 20, 58_000_000
		o.To = o.From + uint32(days)*o.Per
		return o
	}
	o.Per, o.Pad, o.From = eventsPerBlock, 10, 7
	o.To = o.From + uint32(uses)
	return o
}

func (o offer) recipe(part int) recipe {
	return recipe{header: o.header(part), number: o.Number, digits: o.Digits, seed: testSeed, hashKey: testHashKey,
		dataKey: testDataKey}
}

func codesOf(t testing.TB) *oath.HOTP {
	t.Helper()
	h, err := oath.NewHOTP(oath.SHA1, testSeed, 6)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Rules: O19, O20, O23. Every value's code is found in the block that is
// looked at for it, with the whole window, and releases the data key; another
// value's does not.
func TestEveryCodeReleasesTheDataKeyInItsBlockO19O20O23(t *testing.T) {
	t.Parallel()
	codes := codesOf(t)
	for _, o := range []offer{layout(TimeBased, 3, 0), layout(EventBased, 0, 600), layout(EventBased, 0, 1),
		layout(EventBased, 0, 256)} {
		blocks := make([]block, o.parts())
		for i := range blocks {
			b, err := decodeBlock(o.recipe(i).make())
			if err != nil || b.header != o.header(i) {
				t.Fatalf("block %d: %+v %v", i, b.header, err)
			}
			blocks[i] = b
		}
		for value := uint64(o.From); value < uint64(o.To); value += 13 {
			part := o.partOf(value)
			b := blocks[part]
			low, high := uint64(b.Start), uint64(b.Start)+uint64(b.Count)
			if value < low || value >= high ||
				o.Type == TimeBased && (value-uint64(o.Pad) < low || value+uint64(o.Pad) >= high) {
				t.Fatalf("%s: the window of %d is not in block %d, %d to %d", o.Type, value, part, low, high)
			}
			x := newHasher(testHashKey, o.Number, b.header, 6)
			found := b.find(x, codes.Code(value), value, value)
			if len(found) != 1 || found[0].value != value || !bytes.Equal(found[0].dataKey, testDataKey) {
				t.Fatalf("%d: %+v", value, found)
			}
			if m := b.find(x, codes.Code(value+1), value, value); len(m) > 0 && bytes.Equal(m[0].dataKey, testDataKey) &&
				codes.Code(value) != codes.Code(value+1) {
				t.Fatalf("the code of %d opens %d", value+1, value)
			}
		}
	}
}

// Rule: O19. Nothing in a block is a code, the secret, or a hash that anybody
// without the key can make.
func TestABlockSaysNothingWithoutItsKeyO19(t *testing.T) {
	t.Parallel()
	o := layout(TimeBased, 1, 0)
	raw := o.recipe(0).make()
	if bytes.Contains(raw, testSeed) || bytes.Contains(raw, testDataKey) {
		t.Fatal("a secret lies in the block")
	}
	codes := codesOf(t)
	b, err := decodeBlock(raw)
	if err != nil {
		t.Fatal(err)
	}
	other := newHasher(bytes.Repeat([]byte{1}, keySize), o.Number, b.header, 6)
	for v := uint64(o.From); v < uint64(o.From)+100; v++ {
		if m := b.find(other, codes.Code(v), v, v); len(m) > 0 {
			t.Fatalf("%d matches under another key", v)
		}
	}
}

// A payload opens under its own key, header and revision, and no other.
func TestAPayloadIsBoundToItsDataAndRevision(t *testing.T) {
	t.Parallel()
	p := payload{Password: "Änne 1", PIN: pinHash{Key: []byte("k"), Hash: []byte("h")}}
	bound := payloadBound("DESKTOP-3", "alice", "OFA0000001", 4, 9)
	salt := bytes.Repeat([]byte{7}, saltSize)
	sealed := p.seal(testDataKey, bound, salt)
	if bytes.Equal(sealed, p.seal(testDataKey, bound, bytes.Repeat([]byte{8}, saltSize))) {
		t.Error("two payloads of one revision have one key")
	}
	if _, ok := openPayload(testDataKey, p.seal(testDataKey, bound, nil), bound, nil); !ok {
		t.Error("a payload from before there was a salt does not open")
	}
	if got, ok := openPayload(testDataKey, sealed, bound, salt); !ok || fmt.Sprint(got) != fmt.Sprint(p) {
		t.Fatalf("%v %v", got, ok)
	}
	for name, other := range map[string][]byte{
		"revision":    payloadBound("DESKTOP-3", "alice", "OFA0000001", 4, 8),
		"number":      payloadBound("DESKTOP-3", "alice", "OFA0000001", 5, 9),
		"user":        payloadBound("DESKTOP-3", "bob", "OFA0000001", 4, 9),
		"workstation": payloadBound("DESKTOP-4", "alice", "OFA0000001", 4, 9),
	} {
		if _, ok := openPayload(testDataKey, sealed, other, salt); ok {
			t.Errorf("it opens under another %s", name)
		}
	}
	if _, ok := openPayload(bytes.Repeat([]byte{1}, dataKeySize), sealed, bound, salt); ok {
		t.Error("it opens under another key")
	}
}

// A logon hashes its window and no more, whichever day it is and wherever in
// 2,999 events.
func TestALogonHashesItsWindowAndNoMore(t *testing.T) {
	t.Parallel()
	codes := codesOf(t)
	for _, of := range []struct {
		o      offer
		at     []uint64
		lo, hi uint64
		want   int
	}{
		{layout(TimeBased, 99, 0), []uint64{58_000_100, 58_000_000 + 98*2880 + 100}, 20, 20, 41},
		{layout(EventBased, 0, 2999), []uint64{7, 7 + 1500, 7 + 2900}, 0, 9, 10},
	} {
		sizes := map[uint32]bool{}
		for _, at := range of.at {
			part := of.o.partOf(at)
			b, err := decodeBlock(of.o.recipe(part).make())
			if err != nil {
				t.Fatal(err)
			}
			x := newHasher(testHashKey, 1, b.header, 6)
			if found := b.find(x, codes.Code(at), at-of.lo, at+of.hi); len(found) == 0 || x.sums != of.want {
				t.Fatalf("%s at %d: %d hashes, want %d; found %d", of.o.Type, at, x.sums, of.want, len(found))
			}
			sizes[b.Count/16] = true // blocks at the ends are shorter by a window
		}
		if len(sizes) > 3 {
			t.Fatalf("blocks of %v entries", sizes)
		}
	}
}

// Making the data of the defaults costs at most 2.5 times the same codes
// alone, and 99 days cost as much a day as 21. Times of the same run are
// compared, the best of several.
func TestMakingDataCostsAtMostTwoAndAHalfTimesTheCodes(t *testing.T) {
	if os.Getenv("OFFAUTH_LONG") == "" {
		t.Skip("a ratio of times is measured with OFFAUTH_LONG=1")
	}
	codes := codesOf(t)
	best := func(do func()) time.Duration {
		least := time.Duration(1 << 62)
		for range 7 {
			began := time.Now()
			do()
			least = min(least, time.Since(began))
		}
		return least
	}
	o := layout(TimeBased, 21, 0)
	bare := best(func() {
		otp := make([]byte, 0, oath.MaxDigits)
		for v := uint64(o.From); v < uint64(o.To); v++ {
			otp = codes.Append(otp[:0], v)
		}
	})
	all := func(o offer) func() {
		return func() {
			for i := range o.parts() {
				o.recipe(i).make()
			}
		}
	}
	made, long := best(all(o)), best(all(layout(TimeBased, 99, 0)))
	t.Logf("60,480 codes %v, their data %v (x%.2f), of 99 days %v (x%.2f a day)", bare, made, float64(made)/float64(bare),
		long, float64(long)/99*21/float64(made))
	if float64(made) > 2.5*float64(bare) {
		t.Errorf("the data takes %v, the codes alone %v", made, bare)
	}
	if ratio := float64(long) / 99 * 21 / float64(made); ratio > 1.25 || ratio < 0.75 {
		t.Errorf("99 days cost x%.2f a day", ratio)
	}
}

func BenchmarkMakeDataOf21Days(b *testing.B) {
	o := layout(TimeBased, 21, 0)
	for b.Loop() {
		for i := range o.parts() {
			o.recipe(i).make()
		}
	}
}

func BenchmarkFindInAWindow(b *testing.B) {
	o := layout(TimeBased, 1, 0)
	made, err := decodeBlock(o.recipe(0).make())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x := newHasher(testHashKey, 1, made.header, 6)
		made.find(x, "123456", 58_000_100-20, 58_000_100+20)
	}
}

// The test vector of docs/protocol-onespan.md, section 9.
func TestTheVectorStandsInTheProtocol(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/protocol-onespan.md")
	if err != nil {
		t.Fatal(err)
	}
	r := recipe{
		header: header{Serial: "OFA0000001", Diversifier: 3, Start: 58_000_000, Count: 2}, number: 1, digits: 6,
		seed: testSeed, hashKey: testHashKey, dataKey: testDataKey,
	}
	words := strings.Join(strings.Fields(string(page)), "")
	raw := r.make()
	for _, part := range [][]byte{raw[:headerSize], raw[headerSize : headerSize+entrySize], raw[headerSize+entrySize:]} {
		if want := fmt.Sprintf("%x", part); !strings.Contains(words, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	codes := codesOf(t)
	if !strings.Contains(words, codes.Code(58_000_000)) || !strings.Contains(words, codes.Code(58_000_001)) {
		t.Errorf("the page does not have the codes %s and %s", codes.Code(58_000_000), codes.Code(58_000_001))
	}
}

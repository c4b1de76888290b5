package encap

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// sampleKey signs the samples.
var sampleKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))

// blank returns an empty body of a kind.
func blank(kind string) body {
	return map[string]body{
		msgJoin: &join{}, msgJoined: &joined{}, msgHello: &hello{}, msgOffer: &offer{}, msgActivate: &activate{},
		msgActivated: &activated{},
		msgConfirm:   &confirm{}, msgAuth: &auth{}, msgAuthChallenge: &authChallenge{}, msgAuthAnswer: &authAnswer{},
		msgAuthResult: &authResult{},
		msgAdd:        &add{}, msgAdded: &added{}, msgStart: &start{}, msgStarted: &started{}, msgVerify: &verify{},
		msgVerified: &verified{},
	}[kind]
}

// sample returns a body of a kind with every field filled, each in its own way.
func sample(kind string) body {
	fill := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	at := time.Date(2026, 3, 2, 8, 0, 0, 123456789, time.UTC)
	a, w := phoneRequest{"ABCDEFGH", 9}, providerRequest{"bank", 10}
	return map[string]body{
		msgJoin:   &join{Name: "bank", Sign: fill(32, 1)},
		msgJoined: &joined{join{Name: "bank", Sign: fill(32, 2)}},
		msgHello: &hello{User: "alice", Phone: "pixel", Platform: "ios", Nonce: fill(16, 3), Sign: fill(32, 4),
			Box: fill(32, 5)},
		msgOffer: &offer{Phone: "pixel", Nonce: fill(16, 6), Challenge: fill(16, 7), Sign: fill(32, 8),
			Box: fill(32, 9)},
		msgActivate: &activate{Phone: "pixel", Challenge: fill(16, 10), Methods: []Method{Device, DevicePIN},
			Sealed: fill(80, 11)},
		msgActivated: &activated{Phone: "pixel", Challenge: fill(16, 12), Verdict: notActivated, Registration: "ABCDEFGH",
			Sealed: fill(80, 13)},
		msgConfirm:       &confirm{a},
		msgAuth:          &auth{a, DevicePIN},
		msgAuthChallenge: &authChallenge{a, fill(16, 14)},
		msgAuthAnswer:    &authAnswer{a, strings.Repeat("0f", 32)},
		msgAuthResult:    &authResult{a, deviceLocked},
		msgAdd:           &add{phoneRequest: a, Retries: 8, Method: OfflinePIN, Sealed: fill(80, 15)},
		msgAdded:         &added{phoneRequest: a, Verdict: notAuthorising, Updated: true},
		msgStart: &start{providerRequest: w, Phone: "pixel", Method: OfflineIOSFaceID, Title: "Pay", Content: "120 EUR",
			MIME: "text/plain"},
		msgStarted: &started{providerRequest: w, Verdict: otpLengthUnset, Session: "ABCDEFGH", User: "alice",
			Data:    "OFFAUTH1:",
			Expires: at},
		msgVerify: &verify{providerRequest: w, Retries: 8, Session: "ABCDEFGH", Code: "123456"},
		msgVerified: &verified{providerRequest: w, Verdict: wrongCodeAgain, User: "alice", Phone: "pixel",
			Method: OfflinePIN},
	}[kind]
}

func refusedByReader(kind string, raw []byte) bool {
	return decode(kind, raw, blank(kind)) != nil || !authn.SignedBy(raw, sampleKey.Public().(ed25519.PublicKey))
}

func TestEveryMessageRoundTripsAndNothingElseIsTaken(t *testing.T) {
	for _, kind := range MessageKinds() {
		if !strings.HasPrefix(kind, "encap_") {
			t.Errorf("%s may be another family's", kind)
		}
		raw := encode(kind, sample(kind), sampleKey)
		got := blank(kind)
		if err := decode(kind, raw, got); err != nil || !reflect.DeepEqual(got, sample(kind)) ||
			!bytes.Equal(encode(kind, got, sampleKey), raw) {
			t.Fatalf("%s came back as %+v: %v", kind, got, err)
		}
		for n := range raw {
			if !refusedByReader(kind, raw[:n]) {
				t.Fatalf("%s: cut to %d of %d bytes it is taken", kind, n, len(raw))
			}
		}
		for n := range len(raw) * 8 {
			flipped := bytes.Clone(raw)
			flipped[n/8] ^= 1 << (n % 8)
			if !refusedByReader(kind, flipped) {
				t.Fatalf("%s: with bit %d of byte %d flipped it is taken", kind, n%8, n/8)
			}
		}
		for _, tail := range [][]byte{{0}, make([]byte, authn.SignatureSize), raw} {
			if !refusedByReader(kind, append(bytes.Clone(raw), tail...)) {
				t.Fatalf("%s: with %d bytes behind it is taken", kind, len(tail))
			}
		}
		for _, other := range MessageKinds() {
			if err := decode(other, raw, blank(other)); (kind == other) != (err == nil) {
				t.Errorf("a %s read as %s: %v", kind, other, err)
			}
		}
	}
}

func TestTheLongestContextFitsAMessage(t *testing.T) {
	m := sample(msgStart).(*start)
	m.Title, m.Content, m.Provider, m.Phone = "", strings.Repeat("x", MaxContext-len(m.MIME)), strings.Repeat("p", 64),
		strings.Repeat("q", 64)
	if err := decode(msgStart, encode(msgStart, m, sampleKey), &start{}); err != nil {
		t.Fatal(err)
	}
	m.Content += "x"
	if decode(msgStart, encode(msgStart, m, sampleKey), &start{}) == nil {
		t.Fatal("a longer one is taken")
	}
}

// Rules: E6, E27. A verdict that the server does not have is malformed.
func TestUnknownVerdictsAreMalformed(t *testing.T) {
	for _, v := range []verdict{{"wrong_code", "E6"}, {"", "E6"}, {"wrong_code", ""}, {"approved", "E30"}} {
		if decode(msgAuthResult, encode(msgAuthResult, &authResult{phoneRequest{"ABCDEFGH", 1}, v}, sampleKey),
			&authResult{}) == nil {
			t.Errorf("%+v is taken", v)
		}
	}
}

// fuzz holds that what parses re-encodes to the same bytes, whatever they are.
func fuzz(f *testing.F, kind string) {
	for _, k := range MessageKinds() {
		f.Add(encode(k, sample(k), sampleKey))
	}
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		b := blank(kind)
		err := decode(kind, raw, b)
		if !bytes.Equal(before, raw) {
			t.Fatal("the decoder changed its input")
		}
		if err != nil {
			if !errors.Is(err, authn.ErrMalformed) {
				t.Fatalf("another error than ErrMalformed: %v", err)
			}
			return
		}
		again := encode(kind, b, sampleKey)
		if cut := len(raw) - authn.SignatureSize; len(again) != len(raw) || !bytes.Equal(again[:cut], raw[:cut]) {
			t.Fatalf("parsed %x, which encodes to %x", raw, again)
		}
	})
}

func FuzzJoin(f *testing.F)          { fuzz(f, msgJoin) }
func FuzzJoined(f *testing.F)        { fuzz(f, msgJoined) }
func FuzzHello(f *testing.F)         { fuzz(f, msgHello) }
func FuzzOffer(f *testing.F)         { fuzz(f, msgOffer) }
func FuzzActivate(f *testing.F)      { fuzz(f, msgActivate) }
func FuzzActivated(f *testing.F)     { fuzz(f, msgActivated) }
func FuzzConfirm(f *testing.F)       { fuzz(f, msgConfirm) }
func FuzzAuth(f *testing.F)          { fuzz(f, msgAuth) }
func FuzzAuthChallenge(f *testing.F) { fuzz(f, msgAuthChallenge) }
func FuzzAuthAnswer(f *testing.F)    { fuzz(f, msgAuthAnswer) }
func FuzzAuthResult(f *testing.F)    { fuzz(f, msgAuthResult) }
func FuzzAdd(f *testing.F)           { fuzz(f, msgAdd) }
func FuzzAdded(f *testing.F)         { fuzz(f, msgAdded) }
func FuzzStart(f *testing.F)         { fuzz(f, msgStart) }
func FuzzStarted(f *testing.F)       { fuzz(f, msgStarted) }
func FuzzVerify(f *testing.F)        { fuzz(f, msgVerify) }
func FuzzVerified(f *testing.F)      { fuzz(f, msgVerified) }

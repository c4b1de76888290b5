package hypr

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// sampleKey signs the samples.
var sampleKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))

// blank returns an empty body of a kind.
func blank(kind string) body {
	return map[string]body{
		msgEnrol: &enrol{}, msgEnrolled: &enrolled{}, msgPairRequest: &pairRequest{}, msgPairOrder: &pairOrder{},
		msgPairGrant: &pairGrant{}, certificateKind: &certificate{}, msgPairDone: &pairDone{},
		msgUnlockRequest: &unlockRequest{}, msgUnlockOrder: &unlockOrder{}, msgUnlockResult: &unlockResult{},
		msgPINSet: &pinSet{}, msgPINSetHeld: &pinSetHeld{}, msgUnlockChallenge: &unlockChallenge{},
		msgUnlockProof: &unlockProof{},
		msgOrder:       &order{}, msgOrderDone: &orderDone{}, msgAuditReport: &auditReport{}, msgAuditTaken: &auditTaken{},
		msgPasskeyAsk: &passkeyAsk{}, msgPasskeyCall: &passkeyCall{}, msgPasskeyAnswer: &passkeyAnswer{},
		msgPasskeyDone: &passkeyDone{},
	}[kind]
}

// sample returns a body of a kind in which every field has a different value.
func sample(kind string) body {
	fill := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	t := triple{User: "alice", Phone: "pixel", Workstation: "LAPTOP-7"}
	at := time.Date(2026, 3, 2, 8, 0, 0, 123456789, time.UTC)
	on := DefaultSettings()
	on.RPApplication = "" // only the server uses it
	on.OfflineMode = true
	return map[string]body{
		msgEnrol: &enrol{Role: "phone", Name: "pixel", User: "alice", Platform: "ios", Version: "3.7",
			Sign: fill(32, 1), Box: fill(32, 2)},
		msgEnrolled:     &enrolled{Name: "pixel", Sign: fill(32, 3)},
		msgPairRequest:  &pairRequest{triple: t, Counter: 4, Held: fill(8, 5), Passkey: fill(32, 6)},
		msgPairOrder:    &pairOrder{triple: t, Counter: 5, Sign: fill(32, 6), Box: fill(32, 7), Held: fill(8, 8)},
		msgPairGrant:    &pairGrant{triple: t, Counter: 7, Pairing: fill(8, 8), Login: fill(32, 9), Sealed: fill(80, 10)},
		certificateKind: &certificate{triple: t, Counter: 10, Pairing: fill(8, 11), Login: fill(32, 12)},
		msgPairDone: &pairDone{Certificate: fill(150, 13), Sign: fill(32, 14), Box: fill(32, 15),
			Sealed: fill(80, 16)},
		msgUnlockRequest: &unlockRequest{triple: t, Certificate: fill(150, 17), Counter: 18, Held: 19},
		msgUnlockOrder: &unlockOrder{Request: fill(200, 21), Settings: on,
			offlineStatus: offlineStatus{Offline: offlineTooOld, Old: []oldSide{{"server", "3.5", "3.6"}}}},
		msgUnlockResult: &unlockResult{
			triple: t, Counter: 22, offlineStatus: offlineStatus{Offline: offlineRoaming}, Number: 23},
		msgPINSet: &pinSet{triple: t, Number: 23, Issued: at, Expires: at.Add(on.life()), Settings: on,
			Sealed: fill(248, 24)},
		msgPINSetHeld:      &pinSetHeld{triple: t, Number: 25},
		msgUnlockChallenge: &unlockChallenge{triple: t, Counter: 26, Challenge: fill(32, 27)},
		msgUnlockProof:     &unlockProof{triple: t, Challenge: fill(32, 28), Sealed: fill(80, 29)},
		msgOrder:           &order{Workstation: "LAPTOP-7", Number: 30, What: orderRevoke, User: "alice", Phone: "pixel"},
		msgOrderDone:       &orderDone{Workstation: "LAPTOP-7", Number: 31},
		msgAuditReport: &auditReport{Site: "phone/pixel", After: 31, Entries: []auditEntry{
			{Seq: 32, At: at, Kind: "pin_shown", Subject: "LAPTOP-7", Result: "ok", Rule: "H17", Phone: "pixel",
				Workstation: "LAPTOP-7"},
			{Seq: 33, At: at, Kind: "pins_low", Subject: "LAPTOP-7", Result: "ok", Rule: "H29", Workstation: "LAPTOP-7"},
		}},
		msgAuditTaken:    &auditTaken{Site: "phone/pixel", Seq: 34},
		msgPasskeyAsk:    &passkeyAsk{triple: t, Certificate: fill(150, 35), Nonce: fill(16, 35)},
		msgPasskeyCall:   &passkeyCall{triple: t, Nonce: fill(16, 36), Challenge: fill(32, 36)},
		msgPasskeyAnswer: &passkeyAnswer{triple: t, Challenge: fill(32, 37), Sealed: fill(80, 38)},
		msgPasskeyDone:   &passkeyDone{triple: t, Nonce: fill(16, 39), Refused: "not_locked"},
	}[kind]
}

// refusedByReader reports whether a reader that expects the sample's signer
// refuses the bytes.
func refusedByReader(kind string, raw []byte) bool {
	return decode(kind, raw, blank(kind)) != nil || !signedBy(raw, sampleKey.Public().(ed25519.PublicKey))
}

func TestEveryMessageRoundTripsAndNothingElseIsTaken(t *testing.T) {
	for _, kind := range MessageKinds() {
		t.Run(kind, func(t *testing.T) {
			raw := encode(kind, sample(kind), sampleKey)
			got := blank(kind)
			if err := decode(kind, raw, got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, sample(kind)) {
				t.Fatalf("came back as %+v", got)
			}
			if !bytes.Equal(encode(kind, got, sampleKey), raw) {
				t.Fatal("does not encode to the same bytes")
			}
			if refusedByReader(kind, raw) {
				t.Fatal("the message itself is refused")
			}
			for n := range raw {
				if !refusedByReader(kind, raw[:n]) {
					t.Fatalf("cut to %d of %d bytes it is taken", n, len(raw))
				}
			}
			for n := range len(raw) * 8 {
				flipped := bytes.Clone(raw)
				flipped[n/8] ^= 1 << (n % 8)
				if !refusedByReader(kind, flipped) {
					t.Fatalf("with bit %d of byte %d flipped it is taken", n%8, n/8)
				}
			}
			for _, tail := range [][]byte{{0}, {1}, make([]byte, signature), raw} {
				if !refusedByReader(kind, append(bytes.Clone(raw), tail...)) {
					t.Fatalf("with %d bytes behind it is taken", len(tail))
				}
			}
		})
	}
}

func TestAnotherKindOrVersionIsMalformed(t *testing.T) {
	for _, kind := range MessageKinds() {
		for _, other := range MessageKinds() {
			err := decode(other, encode(kind, sample(kind), sampleKey), blank(other))
			if (kind == other) != (err == nil) {
				t.Errorf("a %s read as %s: %v", kind, other, err)
			}
		}
		for _, version := range []byte{0, 2, 255} {
			raw := encode(kind, sample(kind), sampleKey)
			raw[0] = version
			if err := decode(kind, raw, blank(kind)); !errors.Is(err, authn.ErrMalformed) {
				t.Errorf("%s of version %d: %v", kind, version, err)
			}
		}
	}
}

func TestAMessageSignedByAnotherOrByNobodyIsNotSignedBy(t *testing.T) {
	raw := encode(msgPINSetHeld, sample(msgPINSetHeld), sampleKey)
	public := sampleKey.Public().(ed25519.PublicKey)
	other := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	for name, key := range map[string][]byte{"another": other, "none": nil, "a short one": public[:31],
		"a long one": append(bytes.Clone(public), 0)} {
		if signedBy(raw, key) {
			t.Errorf("%s is taken for the signer", name)
		}
	}
	if signedBy(nil, public) || signedBy(raw[:signature-1], public) {
		t.Error("less than a signature is signed")
	}
}

// DecodeSettings sends settings, valid or not, in an unlock_order and in a
// pin_set, and returns the errors of the two readers.
func DecodeSettings(changes []authn.Setting) (asOrder, asSet error) {
	order, set := sample(msgUnlockOrder).(*unlockOrder), sample(msgPINSet).(*pinSet)
	for _, c := range changes {
		for _, row := range table() {
			if row.Key != c.Key {
				continue
			}
			if err := errors.Join(row.Read(&order.Settings, c.Value), row.Read(&set.Settings, c.Value)); err != nil {
				return err, err
			}
		}
	}
	return decode(msgUnlockOrder, encode(msgUnlockOrder, order, sampleKey), &unlockOrder{}),
		decode(msgPINSet, encode(msgPINSet, set, sampleKey), &pinSet{})
}

// fuzz checks that every message that decodes encodes to the same bytes.
func fuzz(f *testing.F, kind string) {
	for _, k := range MessageKinds() {
		f.Add(encode(k, sample(k), sampleKey))
	}
	raw := encode(kind, sample(kind), sampleKey)
	f.Add(raw[:len(raw)-1])
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
		if cut := len(raw) - signature; len(again) != len(raw) || !bytes.Equal(again[:cut], raw[:cut]) {
			t.Fatalf("parsed %x, which encodes to %x", raw, again)
		}
	})
}

func FuzzUnlockChallenge(f *testing.F) { fuzz(f, msgUnlockChallenge) }
func FuzzUnlockProof(f *testing.F)     { fuzz(f, msgUnlockProof) }
func FuzzOrder(f *testing.F)           { fuzz(f, msgOrder) }
func FuzzOrderDone(f *testing.F)       { fuzz(f, msgOrderDone) }
func FuzzAuditReport(f *testing.F)     { fuzz(f, msgAuditReport) }
func FuzzAuditTaken(f *testing.F)      { fuzz(f, msgAuditTaken) }
func FuzzPasskeyAsk(f *testing.F)      { fuzz(f, msgPasskeyAsk) }
func FuzzPasskeyCall(f *testing.F)     { fuzz(f, msgPasskeyCall) }
func FuzzPasskeyAnswer(f *testing.F)   { fuzz(f, msgPasskeyAnswer) }
func FuzzPasskeyDone(f *testing.F)     { fuzz(f, msgPasskeyDone) }
func FuzzEnrol(f *testing.F)           { fuzz(f, msgEnrol) }
func FuzzEnrolled(f *testing.F)        { fuzz(f, msgEnrolled) }
func FuzzPairRequest(f *testing.F)     { fuzz(f, msgPairRequest) }
func FuzzPairOrder(f *testing.F)       { fuzz(f, msgPairOrder) }
func FuzzPairGrant(f *testing.F)       { fuzz(f, msgPairGrant) }
func FuzzCertificate(f *testing.F)     { fuzz(f, certificateKind) }
func FuzzPairDone(f *testing.F)        { fuzz(f, msgPairDone) }
func FuzzUnlockRequest(f *testing.F)   { fuzz(f, msgUnlockRequest) }
func FuzzUnlockOrder(f *testing.F)     { fuzz(f, msgUnlockOrder) }
func FuzzUnlockResult(f *testing.F)    { fuzz(f, msgUnlockResult) }
func FuzzPINSet(f *testing.F)          { fuzz(f, msgPINSet) }
func FuzzPINSetHeld(f *testing.F)      { fuzz(f, msgPINSetHeld) }

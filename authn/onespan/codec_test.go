package onespan

import (
	"bytes"
	"crypto/ed25519"
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
		msgJoin: &join{}, msgJoined: &joined{}, msgActivate: &activate{}, msgActivated: &activated{}, msgLogon: &logon{},
		msgAnswer: &answer{}, msgPart: &part{},
	}[kind]
}

// sample returns a body of a kind with every field filled, each in its own way.
func sample(kind string) body {
	fill := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	j := join{Name: "DESKTOP-3", Sign: fill(32, 1), Box: fill(32, 2)}
	a := requestID{Workstation: "DESKTOP-3", User: "alice", Counter: 9}
	s := state{Serial: "OFA0000001", Number: 3, Next: 58_000_000, Failures: 2, Expired: true}
	o := offer{
		Serial: "OFA0000001", Type: TimeBased, Number: 4,
		Issued: time.Date(2026, 3, 2, 8, 0, 0, 123456789, time.UTC), Days: 21,
		From: 58_000_000, To: 58_060_480, Per: 2880, Pad: 20, Digits: 6, StepSeconds: 30, Drift: -14, Diversifier: 77,
	}
	c := Settings{PINRequired: true, PasswordOffline: true, Window: 20, EventWindow: 10, MaxFailures: 3, NotifyDays: 3,
		NotifyUses: 10}.client()
	return map[string]body{
		msgJoin:     &j,
		msgJoined:   &joined{j},
		msgActivate: &activate{j},
		msgActivated: &activated{Phone: "pixel", User: "alice", Serial: "OFA0000001", Type: EventBased, Digits: 8,
			StepSeconds: 60, Sign: fill(32, 3), Sealed: fill(80, 4)},
		msgLogon: &logon{requestID: a, Update: true, State: s, Others: []userState{{User: "bob", State: s}},
			Sealed: fill(80, 5)},
		msgAnswer: &answer{
			requestID: a, Skew: -420, Settings: c, notice: notice{State: s, Fate: fateComing}, PINChanged: true, Offer: o,
			Sealed: fill(80, 6),
			Others: []userNotice{{User: "bob", notice: notice{State: s, Fate: fateDrop, Reason: ReasonTaken}}},
		},
		msgPart: &part{Workstation: "DESKTOP-3", User: "alice", Number: 4, Part: 20, Sealed: fill(300, 7)},
	}[kind]
}

func refusedByReader(kind string, raw []byte) bool {
	return decode(kind, raw, blank(kind)) != nil || !authn.SignedBy(raw, sampleKey.Public().(ed25519.PublicKey))
}

func TestEveryMessageRoundTripsAndNothingElseIsTaken(t *testing.T) {
	t.Parallel()
	for _, kind := range MessageKinds() {
		if !strings.HasPrefix(kind, "onespan_") {
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
		if !refusedByReader(kind, append(bytes.Clone(raw), 0)) {
			t.Fatalf("%s: with a byte more it is taken", kind)
		}
	}
}

// What no sender writes is not read, whoever signed it.
func TestAnAnswerHoldsOnlyWhatTheServerSays(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*answer){
		"a verdict of the workstation's": func(a *answer) { a.Verdict = dataExpired },
		"a fate that there is not":       func(a *answer) { a.Fate = fates },
		"a reason beside no fate":        func(a *answer) { a.Reason = ReasonLocked },
		"a reason that there is not":     func(a *answer) { a.Fate, a.Reason = fateDrop, "mood" },
		"data without an end":            func(a *answer) { a.Offer.To = a.Offer.From },
		"blocks of nothing":              func(a *answer) { a.Offer.Per = 0 },
	} {
		a := sample(msgAnswer).(*answer)
		change(a)
		if decode(msgAnswer, encode(msgAnswer, a, sampleKey), &answer{}) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func sampleBlock() block {
	return block{header: header{Serial: "OFA0000001", Diversifier: 5, Start: 100, Count: 3},
		Entries: bytes.Repeat([]byte{1, 2, 3, 4}, 15)}
}

func TestABlockHasThePublicLayoutAndNothingElseIsTaken(t *testing.T) {
	t.Parallel()
	raw := sampleBlock().encode()
	if len(raw) != 44+20*3 {
		t.Fatalf("%d bytes", len(raw))
	}
	b, err := decodeBlock(raw)
	if err != nil || !reflect.DeepEqual(b, sampleBlock()) {
		t.Fatalf("%+v: %v", b, err)
	}
	for n := range len(raw) * 8 {
		flipped := bytes.Clone(raw)
		flipped[n/8] ^= 1 << (n % 8)
		if _, err := decodeBlock(flipped); err == nil {
			t.Fatalf("with bit %d of byte %d flipped it is taken", n%8, n/8)
		}
	}
	for n := range raw {
		if _, err := decodeBlock(raw[:n]); err == nil {
			t.Fatalf("cut to %d bytes it is taken", n)
		}
	}
	most := block{header: header{Serial: "X", Count: maxEntries + 1}, Entries: make([]byte, (maxEntries+1)*entrySize)}
	if _, err := decodeBlock(most.encode()); err == nil {
		t.Error("more than 12000 hashes are taken")
	}
}

// Fuzzers: what parses encodes to the same bytes again.
func FuzzBlock(f *testing.F) {
	f.Add(sampleBlock().encode())
	f.Add(block{header: header{Serial: "A"}}.encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := decodeBlock(raw)
		if err != nil {
			if !reflect.DeepEqual(b, block{}) {
				t.Fatalf("an error came with %+v", b)
			}
			return
		}
		if !bytes.Equal(b.encode(), raw) {
			t.Fatal("it encodes to other bytes")
		}
	})
}

func FuzzMessages(f *testing.F) {
	for _, kind := range MessageKinds() {
		f.Add(encode(kind, sample(kind), sampleKey))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range MessageKinds() {
			b := blank(kind)
			if decode(kind, raw, b) != nil {
				continue
			}
			if again := encode(kind, b, sampleKey); !bytes.Equal(again[:len(again)-authn.SignatureSize],
				raw[:len(raw)-authn.SignatureSize]) {
				t.Fatalf("%s encodes to other bytes", kind)
			}
		}
	})
}

// What is taken apart is all that was typed, in order, with the lengths that
// were wanted (O32).
func FuzzCredential(f *testing.F) {
	f.Add("secret4711123456", 6, 4, 6, false)
	f.Add("471112345600000000", 0, 4, 6, true)
	f.Add("", 0, 0, 8, true)
	f.Fuzz(func(t *testing.T, typed string, password, pin, otp int, change bool) {
		if password < 0 || password > maxPassword || pin < 0 || pin > maxPIN || otp < 6 || otp > 8 {
			t.Skip()
		}
		s := shape{password: password, pin: pin, otp: otp, newPIN: change}
		p, ok := s.parse(typed)
		if !ok {
			if p != (parts{}) {
				t.Fatalf("what was not taken gave %+v", p)
			}
			return
		}
		if p.password+p.pin+p.otp+p.fresh+p.again != typed[:password]+authn.Ungrouped(typed[password:]) {
			t.Fatal("something was lost or added")
		}
		if len(p.password) != password || len(p.pin) != pin || len(p.otp) != otp || len(p.fresh) != len(p.again) ||
			p.changes() && !change {
			t.Fatalf("lengths %d %d %d %d %d", len(p.password), len(p.pin), len(p.otp), len(p.fresh), len(p.again))
		}
	})
}

// Rules: O28, O32.
func TestACredentialIsTakenApartByLengthsAloneO32(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, typed string
		shape       shape
		want        parts
		ok          bool
	}{
		{"OTP alone", "123456", shape{otp: 6}, parts{otp: "123456"}, true},
		{"PIN and OTP", "4711123456", shape{pin: 4, otp: 6}, parts{pin: "4711", otp: "123456"}, true},
		{"all three", "pässwort4711123456", shape{password: 9, pin: 4, otp: 6},
			parts{password: "pässwort", pin: "4711", otp: "123456"}, true},
		{"a change", "471112345612341234", shape{pin: 4, otp: 6, newPIN: true},
			parts{pin: "4711", otp: "123456", fresh: "1234", again: "1234"}, true},
		{"a first PIN", "1234561234512345", shape{otp: 6, newPIN: true},
			parts{otp: "123456", fresh: "12345", again: "12345"}, true},
		{"an OTP copied in groups", " 123\u2009456\r", shape{otp: 6}, parts{otp: "123456"}, true},
		{"a password with blanks, then groups", "pass wo-d 47-11 123 456", shape{password: 9, pin: 4, otp: 6},
			parts{password: "pass wo-d", pin: "4711", otp: "123456"}, true},
		{"too short", "12345", shape{otp: 6}, parts{}, false},
		{"nothing", "", shape{otp: 6}, parts{}, false},
		{"an odd remainder", "1234561", shape{otp: 6, newPIN: true}, parts{}, false},
		{"a remainder where none may be", "12345611", shape{otp: 6}, parts{}, false},
		{"far too long", strings.Repeat("1", maxCredential+2), shape{otp: 6, newPIN: true}, parts{}, false},
	} {
		if got, ok := row.shape.parse(row.typed); got != row.want || ok != row.ok {
			t.Errorf("%s: %+v %v", row.name, got, ok)
		}
	}
}

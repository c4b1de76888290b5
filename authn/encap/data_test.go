package encap

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// vectorData is that of docs/protocol-encap.md.
var vectorData = data{
	Session: "ABCDEFGH", Registration: "IJKLMNOP", Provider: "bank", Method: OfflinePIN, Digits: 6,
	Challenge: bytes.Repeat([]byte{0xc5}, 16),
	Title:     "", Content: "Pay 120 EUR to Fjord AS", MIME: plainText,
	Expires: time.Date(2026, 3, 2, 8, 5, 0, 0, time.UTC),
}

// TestTheVectorsOfTheDocument computes each value again and looks it up in the
// document.
//
// Rules: E10, E23.
func TestTheVectorsOfTheDocument(t *testing.T) {
	doc, err := os.ReadFile("../../docs/protocol-encap.md")
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(string(doc)), "")
	shared := bytes.Repeat([]byte{0xa5}, 32)
	hash := hashPIN(authn.NewSecret("1357"))
	signed := vectorData.signed()
	r, err := newResponder(shared, vectorData.Registration, OfflinePIN, 6, question(signed), hash)
	if err != nil {
		t.Fatal(err)
	}
	code, err := r.code()
	if err != nil {
		t.Fatal(err)
	}
	answerer, err := newResponder(shared, vectorData.Registration, DevicePIN, 0,
		authQuestion(vectorData.Registration, 7, DevicePIN, vectorData.Challenge), hash)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := answerer.code()
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"signed": hex.EncodeToString(signed), "data": vectorData.text(sampleKey), "question": question(signed),
		"hash": hex.EncodeToString(hash),
		"key":  hex.EncodeToString(methodKey(shared, vectorData.Registration, OfflinePIN)), "code": "`" + code + "`",
		"answer":  answer,
		"confirm": hex.EncodeToString(encode(msgConfirm, &confirm{phoneRequest{vectorData.Registration, 1}}, sampleKey)),
	} {
		if !strings.Contains(flat, value) {
			t.Errorf("%s is %s, which the document does not have", name, value)
		}
	}
}

// Rules: E10, E11.
func TestVerificationDataRoundTripsAndNothingElseIsTaken(t *testing.T) {
	text := vectorData.text(sampleKey)
	got, signed, signature, err := parseData(text)
	if err != nil || !reflect.DeepEqual(got, vectorData) || !bytes.Equal(signed, vectorData.signed()) {
		t.Fatalf("%+v %v", got, err)
	}
	public := sampleKey.Public().(ed25519.PublicKey)
	if !ed25519.Verify(public, signed, signature) {
		t.Fatal("the signature does not hold")
	}
	taken := func(text string) bool {
		_, signed, signature, err := parseData(text)
		return err == nil && ed25519.Verify(public, signed, signature)
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	for i := range text {
		if taken(text[:i]) {
			t.Fatalf("cut to %d characters it is taken", i)
		}
		for _, c := range alphabet + "abz018=:\n " {
			if changed := text[:i] + string(c) + text[i+1:]; changed != text && taken(changed) {
				t.Fatalf("with %q at %d it is taken", c, i)
			}
		}
	}
	for _, bad := range []string{text + "A", text + "\n", " " + text, text + "=", strings.ToLower(text), text + text, "",
		DataTag, strings.Repeat("A", 1<<20), DataTag + strings.Repeat("A", 1<<20)} {
		if _, _, _, err := parseData(bad); !errors.Is(err, authn.ErrMalformed) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

// Rules: E10. Each field has its range.
func TestVerificationDataOutOfRangeIsMalformed(t *testing.T) {
	for name, change := range map[string]func(*data){
		"an online method":           func(v *data) { v.Method = DevicePIN },
		"too few digits":             func(v *data) { v.Digits = otpDigits.Low - 1 },
		"too many digits":            func(v *data) { v.Digits = otpDigits.High + 1 },
		"no provider":                func(v *data) { v.Provider = "" },
		"a provider that is no name": func(v *data) { v.Provider = "a b" },
		"a long context":             func(v *data) { v.Content = strings.Repeat("x", MaxContext) },
		"a MIME type without a kind": func(v *data) { v.MIME = "plain" },
		"a MIME type with a sign":    func(v *data) { v.MIME = "text/\x1b" }, "no UTF-8": func(v *data) { v.Title = "\xff" },
	} {
		v := vectorData
		change(&v)
		if _, _, _, err := parseData(v.text(sampleKey)); !errors.Is(err, authn.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheTextFitsACode counts against the capacities of QR codes in
// alphanumeric mode (ISO/IEC 18004): 17-L holds 938 and is 85 modules wide, 93
// with its quiet zone; 40-M holds 3391.
//
// Rules: E10.
func TestTheTextFitsACode(t *testing.T) {
	const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	for name, row := range map[string]struct {
		provider, content string
		most              int
	}{
		"80 letters fit 11-M, 69 wide":                    {"bank", strings.Repeat("x", 80), 366},
		"80 signs of four bytes fit a terminal of 100x50": {"bank", strings.Repeat("\U0001f600", 80), 938},
		"and so with the longest name of a provider":      {strings.Repeat("p", 64), strings.Repeat("\U0001f600", 80), 938},
		"the longest context fits the largest code at 'M'": {strings.Repeat("p", 64), strings.Repeat("x", MaxContext-100),
			maxData},
	} {
		v := vectorData
		v.Provider, v.Content = row.provider, row.content
		if len(row.content) == MaxContext-100 {
			v.MIME = "a/" + strings.Repeat("b", 98)
		}
		text := v.text(sampleKey)
		if len(text) > row.most || strings.Trim(text, alphanumeric) != "" {
			t.Errorf("%s: %d characters, want at most %d", name, len(text), row.most)
		}
		if _, _, _, err := parseData(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEverySpellingOfAMethodIsRead has those of the server and of the SDKs.
//
// Rules: E1.
func TestEverySpellingOfAMethodIsRead(t *testing.T) {
	for text, want := range map[string]Method{
		"offlineDevice": Offline, "offlinePin": OfflinePIN, "offlineStrongTouchID": OfflineStrongTouchID,
		"offlineFaceID":  OfflineIOSFaceID,
		"OFFLINE_DEVICE": Offline, "OFFLINE_PIN": OfflinePIN, "OFFLINE_ANDROID_FINGERPRINT": OfflineAndroidFingerprint,
		"OFFLINE_ANDROID_BIOMETRIC_PROMPT": OfflineAndroidBiometricPrompt, "AuthMethod.offlinePin": OfflinePIN,
		".offlineDevice": Offline,
		"device":         Device, "pin": DevicePIN, "DEVICE_PIN": DevicePIN, "offline:pin": OfflinePIN,
	} {
		if got, err := ParseMethod(text); err != nil || got != want {
			t.Errorf("%s is read as %s: %v", text, got, err)
		}
	}
	for _, m := range Methods() {
		if got, err := ParseMethod(string(m)); err != nil || got != m || m.Online() == m.Offline() {
			t.Errorf("%s is read as %s: %v", m, got, err)
		}
	}
	for _, bad := range []string{"", "TOUCH", "OFFLINE:PIN:PIN", "OFFLINE PINS", strings.Repeat("x", 100_000)} {
		_, err := ParseMethod(bad)
		if f, ok := authn.AsFault(err); !ok || f.Code != "bad_argument" || len(f.Message) > 1000 {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

// FuzzData holds that what parses writes to the same text.
func FuzzData(f *testing.F) {
	f.Add(vectorData.text(sampleKey))
	f.Add(DataTag)
	f.Add("OFFAUTH2:AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		v, signed, signature, err := parseData(text)
		if err != nil {
			if !errors.Is(err, authn.ErrMalformed) || !reflect.DeepEqual(v, data{}) || signed != nil || signature != nil {
				t.Fatalf("%+v %v", v, err)
			}
			return
		}
		frame := append(v.signed(), signature...)
		if !bytes.Equal(v.signed(), signed) || DataTag+base32Text.EncodeToString(frame[len(DataTag):]) != text {
			t.Fatalf("%q writes to another text", text)
		}
	})
}

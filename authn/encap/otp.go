package encap

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

// otpSuite is OCRA's as E23 has it; 0 digits is the whole HMAC, for answers
// that nobody types.
func otpSuite(digits int, pin bool) oath.Suite {
	text := fmt.Sprintf("OCRA-1:HOTP-SHA256-%d:QH64", digits)
	if pin {
		text += "-PSHA256"
	}
	suite, err := oath.ParseSuite(text)
	if err != nil {
		panic("encap: " + err.Error()) // no length that the settings accept can do it
	}
	return suite
}

// methodKey is the key of one method of a registration.
func methodKey(secret []byte, registration string, method Method) []byte {
	var e authn.Encoder
	passID(e.Fields(), &registration)
	method.fields(e.Fields())
	return authn.Derive(secret, "encap method", e.Bytes(), 32)
}

// question returns the OCRA question for signed data: 64 hexadecimal digits.
func question(signed []byte) string {
	sum := sha256.Sum256(signed)
	return hex.EncodeToString(sum[:])
}

// responder computes and judges the codes of one method of a registration.
type responder struct {
	ocra *oath.OCRA
	in   oath.Input
}

// newResponder binds a method's codes to a question, and to a PIN where the
// method wants one.
func newResponder(secret []byte, registration string, method Method, digits int, question string,
	pinHash []byte) (responder, error) {
	suite := otpSuite(digits, method.WantsPIN())
	ocra, err := oath.NewOCRA(suite, methodKey(secret, registration, method))
	if err != nil {
		return responder{}, err
	}
	in := oath.Input{Question: question}
	if method.WantsPIN() {
		in.PINHash = pinHash
	}
	return responder{ocra: ocra, in: in}, nil
}

func (r responder) code() (string, error) { return r.ocra.Code(r.in) }

// matches reports whether a code is right, in constant time (A9).
func (r responder) matches(code string) (bool, error) { return r.ocra.Verify(code, r.in) }

// authQuestion returns the OCRA question of an online challenge.
func authQuestion(registration string, counter uint64, method Method, challenge []byte) string {
	var e authn.Encoder
	e.Text("offauth encap auth 1")
	passID(e.Fields(), &registration)
	e.U64(counter)
	method.fields(e.Fields())
	e.Raw(challenge)
	return question(e.Bytes())
}

// maxCode is how much of a typed code goes to the server; no right one is
// as long.
const maxCode = 32

// hashPIN is the hash of a PIN as OCRA wants it; nil for none.
func hashPIN(pin authn.Secret) []byte {
	if pin.Empty() {
		return nil
	}
	return otpSuite(0, true).HashPIN(pin.Reveal())
}

// typedCode drops what a person may type or copy along, blanks and dashes.
func typedCode(code authn.Secret) string {
	text := authn.Ungrouped(code.Reveal())
	return text[:min(len(text), maxCode)]
}

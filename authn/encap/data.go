package encap

import (
	"crypto/ed25519"
	"encoding/base32"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/offauth/offauth/authn"
)

// DataTag begins every verification data of this version.
const DataTag = "OFFAUTH1:"

// MaxContext is how many bytes title, content and MIME type may have
// together, so that the largest QR code at medium error correction holds them.
const MaxContext = 1800

const (
	dataVersion   = 1
	plainText     = "text/plain"
	challengeSize = 16
	maxData       = 3391 // what the largest QR code holds at medium correction
)

// base32Text is letters and digits only, which a QR code packs densely.
var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// data is verification data (E10): a provider's request to a phone.
type data struct {
	Session, Registration, Provider string
	Method                          Method
	Digits                          int // of the one-time password
	Challenge                       []byte
	Title, Content, MIME            string
	Expires                         time.Time
}

// signed returns the bytes that the signature, and so the one-time password,
// covers. They begin with the tag, so no message of any family has the same
// bytes.
func (v data) signed() []byte {
	var e authn.Encoder
	e.Raw([]byte(DataTag))
	e.U8(dataVersion)
	v.fields(e.Fields())
	return e.Bytes()
}

// text is the printable word, signed by the server.
func (v data) text(server ed25519.PrivateKey) string {
	signed := v.signed()
	frame := append(signed[len(DataTag):], ed25519.Sign(server, signed)...)
	return DataTag + base32Text.EncodeToString(frame)
}

// parseData reads verification data and says what the signature covers,
// without judging it. What it takes writes to the same text again; to anything
// else it answers authn.ErrMalformed (E11).
func parseData(text string) (v data, signed, signature []byte, err error) {
	word, ok := strings.CutPrefix(text, DataTag)
	if !ok || len(text) > maxData {
		return data{}, nil, nil, authn.ErrMalformed
	}
	frame, err := base32Text.DecodeString(word)
	if err != nil || len(frame) < authn.SignatureSize || base32Text.EncodeToString(frame) != word {
		return data{}, nil, nil, authn.ErrMalformed
	}
	cut := len(frame) - authn.SignatureSize
	d := authn.NewDecoder(frame[:cut])
	if d.U8() != dataVersion {
		d.Fail()
	}
	v.fields(d.Fields())
	if err := d.Close(); err != nil {
		return data{}, nil, nil, err
	}
	return v, append([]byte(DataTag), frame[:cut]...), frame[cut:], nil
}

// Whole reports whether a text has the form of verification data, from its
// first sign to its last; whose it is, the phone judges.
func Whole(text string) bool {
	_, _, _, err := parseData(text)
	return err == nil
}

// fields reads or writes what follows the version.
func (v *data) fields(f authn.Fields) {
	passID(f, &v.Session)
	passID(f, &v.Registration)
	passShortText(f, &v.Provider)
	v.Method.fields(f)
	f.Int8(&v.Digits)
	f.Raw(challengeSize, &v.Challenge)
	f.Text(&v.Title, &v.Content)
	mime := v.MIME
	if mime == plainText {
		mime = "" // the usual one costs nothing
	}
	passShortText(f, &mime)
	f.Time(&v.Expires)
	f.Require(v.Method.Offline() && otpDigits.Has(v.Digits) && authn.CheckName(v.Provider) == nil && mime != plainText)
	if v.MIME = mime; mime == "" {
		v.MIME = plainText
	}
	f.Require(mimeType(v.MIME) && len(v.Title)+len(v.Content)+len(v.MIME) <= MaxContext)
}

// mimeType reports whether a text has the form type/subtype.
func mimeType(text string) bool {
	kind, sub, ok := strings.Cut(text, "/")
	plain := func(s string) bool {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
			return r <= ' ' || r >= 0x7f || strings.ContainsRune(`/"(),:;<=>?@[\]{}`, r)
		})
	}
	return ok && len(text) <= 100 && plain(kind) && plain(sub)
}

// checkContext judges a context before a session is started for it; the error
// is a Fault.
func checkContext(title, content, mime string) error {
	switch n := len(title) + len(content) + len(mime); {
	case !utf8.ValidString(title) || !utf8.ValidString(content):
		return authn.BadArgument("a context is UTF-8 text")
	case !mimeType(mime):
		return authn.BadArgument("a MIME type has the form type/subtype, such as text/plain")
	case n > MaxContext:
		return contextTooLong(n)
	}
	return nil
}

// passShortText reads or writes at most 255 bytes of text behind their length,
// one byte.
func passShortText(f authn.Fields, text *string) {
	n, raw := len(*text), []byte(*text)
	f.Int8(&n)
	f.Raw(n, &raw)
	f.Require(utf8.Valid(raw))
	*text = string(raw)
}

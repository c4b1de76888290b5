package device

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/qr"
)

// allMended mends what was found, and drops what is there twice then.
func allMended(found []qr.Found) []qr.Found {
	var all []qr.Found
	for _, f := range found {
		f.Text = mended(f)
		if !slices.ContainsFunc(all, func(other qr.Found) bool { return other.Text == f.Text }) {
			all = append(all, f)
		}
	}
	return all
}

// mended returns the verification data that somebody copied: joined where a
// window or a mail broke it into lines, and without what stood behind it. What
// cannot be mended stays as it is, for the phone to refuse.
func mended(f qr.Found) string {
	text := f.Text
	for i := 0; ; i++ {
		if bare := bareData(text); encap.Whole(bare) {
			return bare
		}
		if i == len(f.After) {
			return f.Text
		}
		text += f.After[i]
	}
}

// bareData cuts off what is no part of verification data: a full stop, a
// quote. An address has %3A for its colon.
func bareData(text string) string {
	for _, colon := range []string{"%3A", "%3a"} {
		text = strings.Replace(text, strings.TrimSuffix(encap.DataTag, ":")+colon, encap.DataTag, 1)
	}
	word, ok := strings.CutPrefix(text, encap.DataTag)
	if !ok {
		return text
	}
	end := strings.IndexFunc(word, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') })
	if end >= 0 {
		word = word[:end]
	}
	return encap.DataTag + word
}

// notOurs says in the phone's refusal what was scanned instead of whole
// verification data.
func notOurs(err error, data string) error {
	r, ok := authn.AsRefusal(err)
	if !ok || r.Code != encap.CodeInvalidInput {
		return err
	}
	switch {
	case strings.HasPrefix(data, "otpauth"):
		r.Message += "; it is a code with a secret for an authenticator app (otpauth), which offauth does not take yet"
	case strings.HasPrefix(data, encap.DataTag) && !encap.Whole(data):
		r.Message += "; it is cut short, or was changed when it was copied"
		how := "copy all of it, or hand it over by a pipe or a picture: `offauth provider challenge --help`"
		r.Hints = append([]string{how}, r.Hints...)
	}
	return err
}

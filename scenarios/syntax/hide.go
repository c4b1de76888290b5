package syntax

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A secret of fewer than shortest letters is not searched for. One of fewer than
// longer letters, or of digits alone, is found only as a whole word: OFA0000001
// does not contain the password 000000.
const (
	shortest = 4
	longer   = 8
)

// Hide replaces each secret in a text by what name returns for it, the longest
// first, as one secret may contain another.
func Hide(text string, secrets []string, name func(secret string) string) string {
	if len(secrets) > 1 {
		secrets = slices.Clone(secrets)
		slices.SortFunc(secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	}
	for _, s := range secrets {
		if len(s) >= shortest && strings.Contains(text, s) {
			text = hideOne(text, s, name(s))
		}
	}
	return text
}

func hideOne(text, secret, name string) string {
	anywhere := len(secret) >= longer && strings.Trim(secret, "0123456789") != ""
	var b strings.Builder
	before := ' '
	for {
		i := strings.Index(text, secret)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		if i > 0 {
			before, _ = utf8.DecodeLastRuneInString(text[:i])
		}
		b.WriteString(text[:i])
		text = text[i+len(secret):]
		after, _ := utf8.DecodeRuneInString(text)
		if anywhere || !inWord(before) && !inWord(after) {
			b.WriteString(name)
		} else {
			b.WriteString(secret)
		}
		before, _ = utf8.DecodeLastRuneInString(secret)
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

package explore

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// joined is a secret that is put together of several: each is a ref or an
// authn.Secret.
type joined []any

// secret puts it together; value gives a piece, and false if it is not there.
func (j joined) secret(value func(any) (any, bool)) (any, bool) {
	var text strings.Builder
	for _, piece := range j {
		known, _ := value(piece)
		secret, ok := known.(authn.Secret)
		if !ok {
			return nil, false
		}
		text.WriteString(secret.Reveal())
	}
	return authn.NewSecret(text.String()), true
}

// spoiled is a credential that begins with something wrong of the same length.
func spoiled(right joined) joined {
	wrong := slices.Clone(right)
	if first, ok := wrong[0].(authn.Secret); ok {
		wrong[0] = authn.NewSecret(strings.Repeat("0", first.Len()))
	}
	return wrong
}

// apart takes a credential apart into what steps gave and the rest.
func apart(credential authn.Secret, before int, given map[int]map[string]any) joined {
	return pieces(credential.Reveal(), before, given)
}

// pieces is apart, of a text.
func pieces(text string, before int, given map[int]map[string]any) joined {
	for id := before - 1; id > 0; id-- {
		for field, was := range given[id] {
			secret, ok := was.(authn.Secret)
			if !ok || secret.Empty() {
				continue
			}
			if left, right, found := strings.Cut(text, secret.Reveal()); found {
				return append(append(pieces(left, before, given), ref{id, field}), pieces(right, before, given)...)
			}
		}
	}
	if text == "" {
		return nil
	}
	return joined{authn.NewSecret(text)}
}

package value

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Lookup returns the value at a path. Its error is one sentence.
type Lookup func(path []string) (any, error)

// MaxSize is the maximum size in bytes of a text with its references replaced, and of
// all values of a list or mapping together. Without it, a few lines of vars that name
// each other could grow without limit.
const MaxSize = 1_000_000

// ErrTooLarge is returned for a value larger than MaxSize.
var ErrTooLarge = fmt.Errorf("the text is larger than %d bytes once its references are put in", MaxSize)

// Eval returns the value of a template. A single reference keeps the type of its
// value; everything else is a text, or an authn.Secret if any part is one.
func (t Template) Eval(look Lookup) (any, error) {
	if e := t.Whole(); e != nil {
		return e.Eval(look)
	}
	var text strings.Builder
	secret := false
	for _, part := range t.Parts {
		if text.Len() > MaxSize {
			return nil, ErrTooLarge
		}
		if part.Expr == nil {
			text.WriteString(part.Literal)
			continue
		}
		v, err := part.Expr.Eval(look)
		if err != nil {
			return nil, err
		}
		if s, ok := v.(authn.Secret); ok {
			secret = true
			text.WriteString(s.Reveal())
			continue
		}
		written, err := Write(v)
		if err != nil {
			return nil, fmt.Errorf("${%s}: %w", part.Expr.Text, err)
		}
		text.WriteString(written)
	}
	if text.Len() > MaxSize {
		return nil, ErrTooLarge
	}
	if secret {
		return authn.NewSecret(text.String()), nil
	}
	return text.String(), nil
}

// Eval returns the value of a sum.
func (e *Expr) Eval(look Lookup) (any, error) {
	var sum any
	for i, term := range e.Terms {
		v := term.Literal
		if term.Path != nil {
			var err error
			if v, err = look(term.Path); err != nil {
				return nil, err
			}
		}
		if i == 0 && !term.Minus {
			sum = v
			continue
		}
		var err error
		if sum, err = Add(read(sum), read(v), term.Minus); err != nil {
			return nil, fmt.Errorf("${%s}: %w", e.Text, err)
		}
	}
	return sum, nil
}

// read converts a text to the type that it has in a sum: "1d" is a duration.
func read(v any) any {
	text, ok := v.(string)
	if !ok {
		return v
	}
	if d, err := authn.ParseSpan(text); err == nil {
		return d
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at
	}
	return v
}

// Write returns the text of a value within a text. It returns an error for lists,
// mappings, nulls and secrets.
func Write(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case time.Duration:
		return v.String(), nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	}
	return "", fmt.Errorf("%s is no text", TypeName(v))
}

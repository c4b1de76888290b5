package value

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Template is a text with references in it.
type Template struct {
	// Parts are literal texts and expressions, in their order.
	Parts []Part
}

// Part is a literal text, or an expression if Expr is not nil.
type Part struct {
	Literal string
	Expr    *Expr
}

// Whole returns the expression of a text that is a single expression, whose value keeps
// its type; otherwise nil.
func (t Template) Whole() *Expr {
	if len(t.Parts) == 1 {
		return t.Parts[0].Expr
	}
	return nil
}

// Plain reports whether the template has no references.
func (t Template) Plain() bool {
	return len(t.Parts) == 0 || len(t.Parts) == 1 && t.Parts[0].Expr == nil
}

// Expr is a sum of terms; most have one.
type Expr struct {
	Terms []Term
	// At is its position in the text, in characters from 0, and Text the text between
	// the braces.
	At   int
	Text string
}

// Term is a reference or a literal with its sign.
type Term struct {
	Minus bool
	// Path is the path of a reference, such as {"saved", "pin"}; nil for a literal.
	Path []string
	// Literal is an int64 or a time.Duration.
	Literal any
}

// ErrBadReference is returned if the text between the braces is neither a
// reference nor a sum.
var ErrBadReference = errors.New("not a reference")

var word = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_@:,/-]+$`) })

// Parse parses a text. "$${" is a literal "${". The error wraps
// ErrBadReference and is one sentence.
func Parse(text string) (Template, error) {
	var t Template
	var literal strings.Builder
	rest, at := text, 0
	for rest != "" {
		i := strings.Index(rest, "${")
		if i < 0 {
			literal.WriteString(rest)
			break
		}
		if i > 0 && rest[i-1] == '$' {
			literal.WriteString(rest[:i-1] + "${")
			at += len([]rune(rest[:i+2]))
			rest = rest[i+2:]
			continue
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			return t, fmt.Errorf("%w: ${ has no }", ErrBadReference)
		}
		literal.WriteString(rest[:i])
		if literal.Len() > 0 {
			t.Parts = append(t.Parts, Part{Literal: literal.String()})
			literal.Reset()
		}
		at += len([]rune(rest[:i]))
		e, err := parseSum(rest[i+2 : i+end])
		if err != nil {
			return t, err
		}
		e.At = at
		t.Parts = append(t.Parts, Part{Expr: e})
		at += len([]rune(rest[i : i+end+1]))
		rest = rest[i+end+1:]
	}
	if literal.Len() > 0 {
		t.Parts = append(t.Parts, Part{Literal: literal.String()})
	}
	return t, nil
}

// parseSum parses references and literals with signs between them.
func parseSum(text string) (*Expr, error) {
	e := &Expr{Text: text}
	minus := false
	fields := strings.Fields(text)
	if len(fields)%2 == 0 {
		return nil, fmt.Errorf("%w: %q; write ${path} or ${path + 1d}, with blanks around the sign", ErrBadReference, text)
	}
	for i, field := range fields {
		if i%2 == 1 {
			if field != "+" && field != "-" {
				return nil, fmt.Errorf("%w: %q; there are sums with + and -, and nothing else", ErrBadReference, text)
			}
			minus = field == "-"
			continue
		}
		term, err := parseTerm(field)
		if err != nil {
			return nil, err
		}
		term.Minus = minus
		e.Terms = append(e.Terms, term)
	}
	return e, nil
}

// parseTerm reads one reference or literal.
func parseTerm(text string) (Term, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Term{Literal: n}, nil
	}
	if d, err := authn.ParseSpan(text); err == nil {
		return Term{Literal: d}, nil
	}
	path := strings.Split(text, ".")
	for _, part := range path {
		if !word().MatchString(part) {
			return Term{}, fmt.Errorf("%w: %q", ErrBadReference, text)
		}
	}
	if len(path) < 2 {
		return Term{}, fmt.Errorf("%w: %q has no root, as in saved.%s", ErrBadReference, text, text)
	}
	return Term{Path: path}, nil
}

// Add adds two values, or subtracts the second: whole numbers, durations, a
// duration to an instant, two instants to a duration. The error is one
// sentence.
func Add(a, b any, minus bool) (any, error) {
	sign := int64(1)
	if minus {
		sign = -1
	}
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return a + sign*b, nil
		}
	case time.Duration:
		if b, ok := b.(time.Duration); ok {
			return a + time.Duration(sign)*b, nil
		}
		if b, ok := b.(time.Time); ok && !minus {
			return b.Add(a), nil
		}
	case time.Time:
		if b, ok := b.(time.Duration); ok {
			return a.Add(time.Duration(sign) * b), nil
		}
		if b, ok := b.(time.Time); ok && minus {
			return a.Sub(b), nil
		}
	}
	return nil, fmt.Errorf("%s and %s do not add up", TypeName(a), TypeName(b))
}

// TypeName returns the name of a value's type, for messages.
func TypeName(v any) string {
	switch v := v.(type) {
	case *syntax.Node:
		if v.Kind == syntax.List {
			return "a list"
		}
		return "a mapping"
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int64:
		return "a number"
	case string:
		return "a text"
	case time.Duration:
		return "a duration"
	case time.Time:
		return "an instant"
	case authn.Secret:
		return "a secret"
	case []any, []string:
		return "a list"
	case map[string]any:
		return "a mapping"
	}
	return fmt.Sprintf("a %T", v)
}

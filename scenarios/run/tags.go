package run

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ErrBadTags is returned for an invalid expression over tags.
var ErrBadTags = errors.New("bad expression over tags")

// Tags is an expression over tags: "hypr and not (slow or qr)".
type Tags struct{ fits func(tags []string) bool }

// Fit reports whether tags match the expression.
func (t Tags) Fit(tags []string) bool { return t.fits == nil || t.fits(tags) }

var (
	tagToken = regexp.MustCompile(`[()]|[^()\s]+`)
	tagWord  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
)

// maxTags limits the words of an expression, and so its nesting.
const maxTags = 1000

// ParseTags parses an expression: tags with "and", "or", "not" and parentheses; "not"
// has the highest precedence, then "and". An empty expression matches everything. The
// error wraps ErrBadTags.
func ParseTags(text string) (Tags, error) {
	p := &tagParser{tokens: tagToken.FindAllString(text, -1)}
	if len(p.tokens) == 0 {
		return Tags{}, nil
	}
	if len(p.tokens) > maxTags {
		return Tags{}, fmt.Errorf("%w: it has more than %d words", ErrBadTags, maxTags)
	}
	fits, err := p.either()
	if err == nil && p.at < len(p.tokens) {
		err = fmt.Errorf("%w: %q is too much; write and or or between two tags", ErrBadTags, p.peek())
	}
	if err != nil {
		return Tags{}, err
	}
	return Tags{fits}, nil
}

type tagParser struct {
	tokens []string
	at     int
}

func (p *tagParser) peek() string {
	if p.at == len(p.tokens) {
		return ""
	}
	return p.tokens[p.at]
}

// take consumes the next token if it is the given one, and reports whether it was.
func (p *tagParser) take(token string) bool {
	if p.peek() != token {
		return false
	}
	p.at++
	return true
}

type tagTest = func(tags []string) bool

func (p *tagParser) either() (tagTest, error) {
	left, err := p.both()
	for err == nil && p.take("or") {
		var right tagTest
		a := left
		right, err = p.both()
		left = func(tags []string) bool { return a(tags) || right(tags) }
	}
	return left, err
}

func (p *tagParser) both() (tagTest, error) {
	left, err := p.one()
	for err == nil && p.take("and") {
		var right tagTest
		a := left
		right, err = p.one()
		left = func(tags []string) bool { return a(tags) && right(tags) }
	}
	return left, err
}

func (p *tagParser) one() (tagTest, error) {
	switch token := p.peek(); {
	case p.take("not"):
		inner, err := p.one()
		return func(tags []string) bool { return !inner(tags) }, err
	case p.take("("):
		inner, err := p.either()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("%w: a ( has no )", ErrBadTags)
		}
		return inner, err
	case token == "":
		return nil, fmt.Errorf("%w: it ends where a tag is wanted", ErrBadTags)
	case token == "and" || token == "or" || !tagWord.MatchString(token):
		return nil, fmt.Errorf("%w: %q stands where a tag is wanted", ErrBadTags, strings.TrimSpace(token))
	default:
		p.at++
		return func(tags []string) bool { return slices.Contains(tags, token) }, nil
	}
}

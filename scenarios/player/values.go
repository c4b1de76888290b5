package player

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// template parses a text with references, once.
func (p *Player) template(text string) (value.Template, error) {
	if t, ok := p.parsed[text]; ok {
		return t, nil
	}
	t, err := value.Parse(text)
	if err == nil {
		p.parsed[text] = t
	}
	return t, err
}

// value returns a node's value with its references put in, mappings and lists
// to the bottom: nil, bool, int64, string, authn.Secret, time.Duration,
// time.Time, []any or map[string]any.
func (p *Player) value(n *syntax.Node) (any, error) {
	size := 0
	return p.valueWithin(n, &size)
}

// nodeSize is what a value counts beside its text.
const nodeSize = 16

// valueWithin adds up how large a value is, and ends where it is too large: a
// list of references to lists of references has no end that anybody would wait
// for.
func (p *Player) valueWithin(n *syntax.Node, size *int) (any, error) {
	v, err := p.shallow(n)
	if err != nil {
		return nil, err
	}
	*size += nodeSize
	if text, ok := v.(string); ok {
		*size += len(text)
	}
	if *size > value.MaxSize+nodeSize {
		return nil, value.ErrTooLarge
	}
	inner, ok := v.(*syntax.Node)
	if !ok {
		return v, nil
	}
	if inner.Kind == syntax.List {
		list := make([]any, len(inner.Items))
		for i, item := range inner.Items {
			if list[i], err = p.valueWithin(item, size); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	fields := map[string]any{}
	for _, pair := range inner.Pairs {
		if fields[pair.Key], err = p.valueWithin(pair.Value, size); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// shallow returns a scalar's value; a mapping or a list comes as its node.
func (p *Player) shallow(n *syntax.Node) (any, error) {
	if v, ok := p.bound[n]; ok {
		return v, nil
	}
	switch n.Kind {
	case syntax.Map, syntax.List:
		return n, nil
	case syntax.Text:
		if strings.Contains(n.Text, "${") {
			t, err := p.template(n.Text)
			if err != nil {
				return nil, err
			}
			return t.Eval(p.look)
		}
	}
	return literal(n)
}

// literal returns the value of a scalar without references.
func literal(n *syntax.Node) (any, error) {
	switch n.Kind {
	case syntax.Null:
		return nil, nil
	case syntax.Bool:
		return n.Text == "true", nil
	case syntax.Int:
		i, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no whole number of 64 bits", n.Text)
		}
		return i, nil
	case syntax.Text:
		return n.Text, nil
	}
	return nil, fmt.Errorf("%s: there are no fractions in scenarios", n.Text)
}

// typeName says what a value is, for messages.
func typeName(v any) string {
	if n, ok := v.(*syntax.Node); ok {
		if n.Kind == syntax.List {
			return "a list"
		}
		return "a mapping"
	}
	return value.TypeName(v)
}

// span takes a value for a span of time.
func span(v any) (time.Duration, error) {
	switch v := v.(type) {
	case time.Duration:
		return v, nil
	case string:
		if d, err := authn.ParseSpan(v); err == nil {
			return d, nil
		}
		return 0, fmt.Errorf("%q is no duration, such as 5s or 31d", v)
	}
	return 0, fmt.Errorf("this must be a duration, got %s", typeName(v))
}

// instant takes a value for an instant.
func instant(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.UTC(), nil
		}
		return time.Time{}, fmt.Errorf("%q is no instant, such as 2026-03-02T08:00:00Z", v)
	}
	return time.Time{}, fmt.Errorf("this must be an instant, got %s", typeName(v))
}

// argument makes of a value what an argument of a verb takes.
func argument(arg verb.Arg, v any) (any, error) {
	switch arg.Kind {
	case verb.Secret:
		switch v := v.(type) {
		case authn.Secret:
			return v, nil
		case string:
			return authn.NewSecret(v), nil
		}
	case verb.Flag:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case verb.Number:
		if i, ok := v.(int64); ok {
			return int(i), nil
		}
	case verb.Span:
		return span(v)
	case verb.Instant:
		return instant(v)
	case verb.List:
		return words(v)
	default:
		return word(arg, v)
	}
	return nil, fmt.Errorf("%s is a %s, not %s", arg.Name, arg.Kind, typeName(v))
}

// word takes a name or a text.
func word(arg verb.Arg, v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%s is a %s, not %s", arg.Name, arg.Kind, typeName(v))
	}
	return text, nil
}

// words takes a list of texts, or one text for a list of one.
func words(v any) ([]string, error) {
	switch v := v.(type) {
	case string:
		return []string{v}, nil
	case []string:
		return v, nil
	case []any:
		list := make([]string, len(v))
		for i, item := range v {
			text, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("the list holds %s, not a text", typeName(item))
			}
			list[i] = text
		}
		return list, nil
	}
	return nil, fmt.Errorf("this must be a list, got %s", typeName(v))
}

// settingText writes a setting as it would be typed.
func (p *Player) settingText(n *syntax.Node) (string, error) {
	v, err := p.value(n)
	if err != nil {
		return "", err
	}
	if list, ok := v.([]any); ok {
		parts := make([]string, len(list))
		for i, item := range list {
			if parts[i], err = value.Write(item); err != nil {
				return "", err
			}
		}
		return strings.Join(parts, ","), nil
	}
	return value.Write(v)
}

// settings takes a mapping of the policy apart: nested keys without the
// family become whole ones.
func (p *Player) settings(n *syntax.Node, prefix string) ([]authn.Setting, error) {
	v, err := p.shallow(n)
	if err != nil {
		return nil, err
	}
	inner, ok := v.(*syntax.Node)
	if !ok || inner.Kind != syntax.Map {
		text, err := p.settingText(n)
		return []authn.Setting{{Key: prefix, Value: text}}, err
	}
	var all []authn.Setting
	for _, pair := range inner.Pairs {
		some, err := p.settings(pair.Value, prefix+"."+pair.Key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pair.Key, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

package story

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// Value is a value of a step.
type Value struct {
	// Node is the value in the file.
	*syntax.Node
	// Kind is the kind of the value.
	Kind verb.ArgKind
	// Known is the value, with the type of its kind in verb.Values. It is nil for a text
	// with references, which is evaluated in play.
	Known any
}

// Compile returns the value of a node.
func Compile(kind verb.ArgKind, n *syntax.Node) Value {
	v := Value{Node: n, Kind: kind}
	if literal, ok := plain(n); ok {
		v.Known, _ = As(kind, literal)
	}
	return v
}

// plain returns the value of a scalar or list, and false if it contains references.
func plain(n *syntax.Node) (any, bool) {
	if n.Kind == syntax.List {
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			var ok bool
			if list[i], ok = plain(item); !ok {
				return nil, false
			}
		}
		return list, true
	}
	if n.Kind == syntax.Map || strings.Contains(n.Text, "${") {
		return nil, false
	}
	literal, err := value.Literal(n)
	return literal, err == nil
}

// Given returns the default of a value that a file leaves out.
func Given(kind verb.ArgKind, known any) Value { return Value{&syntax.Node{}, kind, known} }

// As converts a value to the type that a kind has in verb.Values. The error is one
// sentence.
func As(kind verb.ArgKind, v any) (any, error) {
	switch kind {
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
		return value.Span(v)
	case verb.Instant:
		return value.Instant(v)
	case verb.List:
		return words(v)
	default:
		if text, ok := v.(string); ok {
			return text, nil
		}
	}
	return nil, fmt.Errorf("this must be a %s, got %s", kind, value.TypeName(v))
}

// words converts a list of texts, or a single text, to a slice.
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
				return nil, fmt.Errorf("the list holds %s, not a text", value.TypeName(item))
			}
			list[i] = text
		}
		return list, nil
	}
	return nil, fmt.Errorf("this must be a list, got %s", value.TypeName(v))
}

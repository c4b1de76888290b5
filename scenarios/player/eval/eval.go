// Package eval evaluates the values of a story: literals, and references, which it
// looks up while the story is played.
package eval

import (
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// Eval evaluates the values of one story.
type Eval struct {
	look   value.Lookup
	parsed map[string]value.Template
	bound  map[*syntax.Node]any // values that were evaluated in another scope
}

// New returns an Eval that resolves references with look, which returns a mapping
// or list of the file as a *syntax.Node.
func New(look value.Lookup) *Eval {
	return &Eval{look: look, parsed: map[string]value.Template{}, bound: map[*syntax.Node]any{}}
}

// template returns the parsed template of a text; it parses each text once.
func (e *Eval) template(text string) (value.Template, error) {
	if t, ok := e.parsed[text]; ok {
		return t, nil
	}
	t, err := value.Parse(text)
	if err == nil {
		e.parsed[text] = t
	}
	return t, err
}

// Value returns a node's value with all references replaced, in mappings and lists
// as well: nil, bool, int64, string, authn.Secret, time.Duration, time.Time, []any
// or map[string]any.
func (e *Eval) Value(n *syntax.Node) (any, error) {
	size := 0
	return e.valueWithin(n, &size)
}

// nodeSize is the size of a value in addition to its text.
const nodeSize = 16

// valueWithin adds the size of the value to size, and returns value.ErrTooLarge
// before it grows without limit, as a list of references to lists of references
// may.
func (e *Eval) valueWithin(n *syntax.Node, size *int) (any, error) {
	v, err := e.Shallow(n)
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
			if list[i], err = e.valueWithin(item, size); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	fields := map[string]any{}
	for _, pair := range inner.Pairs {
		if fields[pair.Key], err = e.valueWithin(pair.Value, size); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// Shallow returns the value of a scalar, or the node of a mapping or list.
func (e *Eval) Shallow(n *syntax.Node) (any, error) {
	if v, ok := e.bound[n]; ok {
		return v, nil
	}
	switch n.Kind {
	case syntax.Map, syntax.List:
		return n, nil
	case syntax.Text:
		if strings.Contains(n.Text, "${") {
			t, err := e.template(n.Text)
			if err != nil {
				return nil, err
			}
			return t.Eval(e.look)
		}
	}
	return value.Literal(n)
}

// SettingText returns the value of a setting as a person types it.
func (e *Eval) SettingText(n *syntax.Node) (string, error) {
	v, err := e.Value(n)
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

// Text returns a scalar's value as a text.
func (e *Eval) Text(n *syntax.Node) (string, error) {
	v, err := e.Value(n)
	if err != nil {
		return "", err
	}
	text, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("this must be a text, got %s", value.TypeName(v))
	}
	return text, nil
}

// Mapping returns the node of a mapping, which may be a reference to one.
func (e *Eval) Mapping(n *syntax.Node) (*syntax.Node, error) {
	v, err := e.Shallow(n)
	if err != nil {
		return nil, err
	}
	m, ok := v.(*syntax.Node)
	if !ok || m.Kind != syntax.Map {
		return nil, fmt.Errorf("this must be a mapping, got %s", value.TypeName(v))
	}
	return m, nil
}

// List returns the items of a list, which may be a reference to one.
func (e *Eval) List(n *syntax.Node) ([]*syntax.Node, error) {
	v, err := e.Shallow(n)
	if err != nil {
		return nil, err
	}
	list, ok := v.(*syntax.Node)
	if !ok || list.Kind != syntax.List {
		return nil, fmt.Errorf("this must be a list, got %s", value.TypeName(v))
	}
	return list.Items, nil
}

// Bind evaluates a value in the current scope. A mapping or list stays a node with
// its position in the file; its references keep the values that they have now.
func (e *Eval) Bind(n *syntax.Node) (any, error) {
	if _, err := e.Value(n); err != nil {
		return nil, err // such as value.ErrTooLarge
	}
	return e.bindParts(n)
}

func (e *Eval) bindParts(n *syntax.Node) (any, error) {
	v, err := e.Shallow(n)
	inner, ok := v.(*syntax.Node)
	if err != nil || !ok {
		return v, err
	}
	bound := *inner
	bound.Pairs = append([]syntax.Pair(nil), inner.Pairs...)
	bound.Items = append([]*syntax.Node(nil), inner.Items...)
	for i := range bound.Pairs {
		if bound.Pairs[i].Value, err = e.bindNode(bound.Pairs[i].Value); err != nil {
			return nil, err
		}
	}
	for i := range bound.Items {
		if bound.Items[i], err = e.bindNode(bound.Items[i]); err != nil {
			return nil, err
		}
	}
	return &bound, nil
}

func (e *Eval) bindNode(n *syntax.Node) (*syntax.Node, error) {
	v, err := e.bindParts(n)
	if err != nil {
		return nil, err
	}
	if inner, ok := v.(*syntax.Node); ok {
		return inner, nil
	}
	bound := *n
	e.bound[&bound] = v
	return &bound, nil
}

// Arg returns the value of an argument, with the type of its kind in verb.Values.
func (e *Eval) Arg(v story.Value) (any, error) {
	if v.Known != nil {
		return v.Known, nil
	}
	worked, err := e.Value(v.Node)
	if err != nil {
		return nil, err
	}
	return story.As(v.Kind, worked)
}

// Of returns the value of an argument whose kind has the type T.
func Of[T any](e *Eval, v story.Value) (T, error) {
	worked, err := e.Arg(v)
	of, _ := worked.(T)
	return of, err
}

// Reference returns the text between the braces of a text that is a single
// reference, or "".
func (e *Eval) Reference(text string) string {
	if !strings.Contains(text, "${") {
		return ""
	}
	if t, err := e.template(text); err == nil && t.Whole() != nil {
		return t.Whole().Text
	}
	return ""
}

// Plain converts a value of a result to a value of scenarios; a zero time or empty
// secret becomes nil.
func Plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UTC()
	case int:
		return int64(v)
	case []string:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = item
		}
		return list
	case authn.Secret:
		if v.Empty() {
			return nil
		}
	}
	return v
}

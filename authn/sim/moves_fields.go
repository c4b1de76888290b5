package sim

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/offauth/offauth/authn"
)

// secrets are the secrets of a value, by field.
type secrets map[string]string

// types maps the type names of records to types.
type types map[string]reflect.Type

// formerNames maps the names of types to those in records of older versions.
var formerNames = map[string]string{"authn.Cancel": "hypr.Cancel", "authn.CancelResult": "hypr.CancelResult"}

func typesOf(known []any) types {
	t := types{}
	for _, zero := range known {
		if zero == nil {
			continue
		}
		name := reflect.TypeOf(zero).String()
		t[name] = reflect.TypeOf(zero)
		if former, ok := formerNames[name]; ok {
			t[former] = t[name]
		}
	}
	return t
}

var secretType = reflect.TypeFor[authn.Secret]()

// encode encodes an Action or a result, with its secrets separate. It leaves
// out zero fields. A nested secret would be encoded as "[redacted]", so it is
// an error.
func encode(value any) (typed, secrets, error) {
	v := reflect.ValueOf(value)
	out := typed{Type: v.Type().String()}
	var hidden secrets
	if v.Kind() != reflect.Struct {
		return out, nil, fmt.Errorf("sim: a %s cannot be recorded", out.Type)
	}
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case !v.Type().Field(i).IsExported() || holdsSecret(field.Type(), nil):
			return out, nil, fmt.Errorf("sim: the field %s of a %s cannot be recorded", name, out.Type)
		case field.IsZero():
		case field.Type() == secretType:
			if hidden == nil {
				hidden = secrets{}
			}
			hidden[name] = reveal(field.Interface().(authn.Secret))
		default:
			text, err := json.Marshal(field.Interface())
			if err != nil {
				return out, nil, err
			}
			if out.Fields == nil {
				out.Fields = map[string]json.RawMessage{}
			}
			out.Fields[name] = text
		}
	}
	return out, hidden, nil
}

// holdsSecret reports whether a type contains a nested secret.
func holdsSecret(t reflect.Type, seen []reflect.Type) bool {
	for _, s := range seen {
		if s == t {
			return false
		}
	}
	seen = append(seen, t)
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Pointer:
		return t.Elem() == secretType || holdsSecret(t.Elem(), seen)
	case reflect.Map:
		return t.Elem() == secretType || t.Key() == secretType || holdsSecret(t.Elem(), seen)
	case reflect.Interface:
		return true // an interface may hold one
	case reflect.Struct:
		if t == secretType {
			return false
		}
		for i := range t.NumField() {
			f := t.Field(i)
			if f.IsExported() && (f.Type == secretType || holdsSecret(f.Type, seen)) {
				return true
			}
		}
	}
	return false
}

// decode is the inverse of encode.
func (t types) decode(from typed, hidden secrets) (any, error) {
	known, ok := t[from.Type]
	if !ok {
		return nil, fmt.Errorf("no type is called %s", from.Type)
	}
	v := reflect.New(known).Elem()
	field := func(name string) (reflect.Value, error) {
		f, ok := known.FieldByName(name)
		if !ok || !f.IsExported() {
			return reflect.Value{}, fmt.Errorf("a %s has no field %s", from.Type, name)
		}
		return v.FieldByIndex(f.Index), nil
	}
	for name, text := range from.Fields {
		f, err := field(name)
		if err != nil {
			return nil, err
		}
		if err := strictJSON(text, f.Addr().Interface()); err != nil {
			return nil, fmt.Errorf("%s of a %s: %w", name, from.Type, err)
		}
	}
	for name, text := range hidden {
		f, err := field(name)
		if err != nil {
			return nil, err
		}
		if f.Type() != secretType {
			return nil, fmt.Errorf("%s of a %s is no secret", name, from.Type)
		}
		f.Set(reflect.ValueOf(authn.NewSecret(text)))
	}
	return v.Interface(), nil
}

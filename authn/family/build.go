package family

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/offauth/offauth/authn"
)

// Values are the arguments of a verb by name. The Kind of an argument
// determines the type of its value: string for Name and Text, authn.Secret for
// Secret, bool for Flag, int for Number, time.Duration for Span, time.Time for
// Instant, []authn.Setting for Settings and []string for List. Omitted
// arguments are absent.
type Values map[string]any

// Build makes the Action of a verb. Every value must have the type of its
// argument's Kind. Build does not check which arguments are required or which
// values are accepted; applying the Action does. An error names the argument
// and means a bug in the caller.
func (v Verb) Build(values Values) (authn.Action, error) {
	if v.Action == nil {
		return nil, fmt.Errorf("family: %s makes no Action", v.Name)
	}
	a := reflect.New(reflect.TypeOf(v.Action)).Elem()
	fields := fieldsOf(a.Type())
	for name, value := range values {
		i, ok := fields[name]
		if !ok {
			return nil, fmt.Errorf("family: %s has no argument %q", v.Name, name)
		}
		if err := v.put(a.Field(i), name, value); err != nil {
			return nil, err
		}
	}
	return a.Interface().(authn.Action), nil
}

// put sets a field of an Action to a value.
func (v Verb) put(field reflect.Value, name string, value any) error {
	arg, ok := v.Arg(name)
	if !ok {
		return fmt.Errorf("family: %s has no argument %q", v.Name, name)
	}
	if word, ok := value.(string); ok && field.Kind() == reflect.Bool {
		if !slices.Contains(arg.OneOf, word) {
			return fmt.Errorf("family: %s: %s is one of %s, not %q", v.Name, name, strings.Join(arg.OneOf, ", "), word)
		}
		field.SetBool(word == arg.OneOf[len(arg.OneOf)-1])
		return nil
	}
	if words, ok := value.([]string); ok && field.Kind() == reflect.Slice {
		list := reflect.MakeSlice(field.Type(), len(words), len(words))
		for i, word := range words {
			list.Index(i).SetString(word)
		}
		field.Set(list)
		return nil
	}
	given := reflect.ValueOf(value)
	if !given.IsValid() || given.Kind() != field.Kind() || !given.CanConvert(field.Type()) {
		return fmt.Errorf("family: %s: %s is a %s, not a %T", v.Name, name, arg.Kind, value)
	}
	field.Set(given.Convert(field.Type()))
	return nil
}

// Values is the inverse of Build. It omits zero values.
func (v Verb) Values(a authn.Action) Values {
	values := Values{}
	for name, field := range nonZeroFields(a) {
		arg, ok := v.Arg(name)
		switch {
		case !ok:
		case field.Kind() == reflect.Bool && len(arg.OneOf) > 0:
			values[name] = arg.OneOf[len(arg.OneOf)-1]
		case arg.Kind == ArgList:
			words := []string{}
			for i := range field.Len() {
				words = append(words, field.Index(i).String())
			}
			values[name] = words
		case field.Kind() == reflect.String:
			values[name] = field.String()
		default:
			values[name] = field.Interface()
		}
	}
	return values
}

// Made returns the name of the user or site that an Action of the verb makes,
// or "" if it makes none.
func (v Verb) Made(a authn.Action) string {
	if v.Makes.Arg == "" {
		return ""
	}
	name, _ := v.Values(a)[v.Makes.Arg].(string)
	return name
}

// Fields returns the values of a result by their names in --json. Secrets stay
// secrets; values of a family's own string types become strings, integers
// int64, and lists of strings []string. A nil result has none.
func Fields(result any) map[string]any {
	fields := map[string]any{}
	if result == nil {
		return fields
	}
	r := reflect.ValueOf(result)
	for name, i := range fieldsOf(r.Type()) {
		field := r.Field(i)
		switch {
		case field.Kind() == reflect.String:
			fields[name] = field.String()
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.String:
			words := []string{}
			for j := range field.Len() {
				words = append(words, field.Index(j).String())
			}
			fields[name] = words
		case field.CanInt() && field.Type() != reflect.TypeFor[time.Duration]():
			fields[name] = field.Int()
		default:
			fields[name] = field.Interface()
		}
	}
	return fields
}

// nonZeroFields returns the fields of an Action that are not zero, by name.
func nonZeroFields(a authn.Action) map[string]reflect.Value {
	set := map[string]reflect.Value{}
	r := reflect.ValueOf(a)
	for name, i := range fieldsOf(r.Type()) {
		if field := r.Field(i); !field.IsZero() {
			set[name] = field
		}
	}
	return set
}

// fieldsOf returns the indexes of the exported fields of a struct by name: the
// tag "name", else the Go name in snake case. The result is cached.
func fieldsOf(t reflect.Type) map[string]int {
	if known, ok := fieldTables.Load(t); ok {
		return known.(map[string]int) //nolint:forcetypeassert // only this type is stored
	}
	fields := map[string]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		fields[FieldName(f)] = i
	}
	fieldTables.Store(t, fields)
	return fields
}

// FieldName returns the name of a field in the documents, see fieldsOf.
func FieldName(f reflect.StructField) string {
	if name := f.Tag.Get("name"); name != "" {
		return name
	}
	return snake(f.Name)
}

// fieldTables caches a map[string]int for each reflect.Type. The maps are never
// modified.
var fieldTables sync.Map

// snake converts a Go name to snake case: ExpiresAt is expires_at, PIN is pin.
func snake(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		next := i+1 < len(letters) && unicode.IsLower(letters[i+1])
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(letters[i-1]) || next) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// ResultNames returns the names of the verb's result fields, in order.
func (v Verb) ResultNames() []string {
	names := []string{}
	for name := range Fields(v.Result) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Arg returns an argument of the verb by name.
func (v Verb) Arg(name string) (Arg, bool) {
	i := slices.IndexFunc(v.Args, func(a Arg) bool { return a.Name == name })
	if i < 0 {
		return Arg{}, false
	}
	return v.Args[i], true
}

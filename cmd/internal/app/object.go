package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/offauth/offauth/authn/family"
)

// object is a struct as a JSON object: its fields in their order, by the names
// that verbs and stories give them (expires_at). An instant is a Stamp, null for
// the zero time; a list that is nil is [].
type object struct{ of reflect.Value }

// Object returns a result or a view of the core as JSON has it.
func Object(result any) json.Marshaler { return object{reflect.ValueOf(result)} }

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range o.of.NumField() {
		name := family.FieldName(o.of.Type().Field(i))
		text, err := json.Marshal(plain(o.of.Field(i)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plain returns what stands for a field in JSON.
func plain(v reflect.Value) any {
	if at, ok := v.Interface().(time.Time); ok {
		return StampOf(at)
	}
	switch v.Kind() {
	case reflect.Struct:
		return object{v}
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = plain(v.Index(i))
		}
		return items
	}
	return v.Interface()
}

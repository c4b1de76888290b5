package sim

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/offauth/offauth/authn"
)

// memo remembers what the records of a world that is alone mean, so that a
// record is not decoded again that this process has just encoded or decoded. A
// set of 100 PINs is nine kilobytes of JSON, and every offline login reads and
// writes it.
//
// It holds for each half of a record the last text and its value. A value is
// given only for the same text, byte for byte, so it does not matter whether
// what was written was kept, or who wrote since: decoding is a function of the
// text alone. Values are copied in and out; nobody shares one.
type memo struct {
	mu   sync.Mutex
	kept map[half]meaning
}

// half names the public or the secret half of a record.
type half struct {
	key    authn.Key
	secret bool
}

type meaning struct {
	text  []byte
	value reflect.Value
}

func newMemo() *memo { return &memo{kept: map[half]meaning{}} }

// decode is json.Unmarshal, of a text of that half.
func (m *memo) decode(h half, text []byte, into any) error {
	target := reflect.ValueOf(into).Elem()
	copies := copierOf(target.Type())
	if copies == nil || !target.IsZero() {
		return json.Unmarshal(text, into)
	}
	m.mu.Lock()
	known := m.kept[h]
	m.mu.Unlock()
	if known.value.IsValid() && known.value.Type() == target.Type() && bytes.Equal(known.text, text) {
		copies(target, known.value)
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	m.keep(h, text, target, copies)
	return nil
}

// encode is json.Marshal, for that half.
func (m *memo) encode(h half, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	from := reflect.Indirect(reflect.ValueOf(value))
	if !from.IsValid() || bytes.Contains(text, replaced) {
		return text, nil
	}
	if copies := copierOf(from.Type()); copies != nil {
		m.keep(h, text, from, copies)
	}
	return text, nil
}

// replaced is what json.Marshal writes for bytes that are no UTF-8: what comes
// back is then not what was written.
var replaced = []byte(`\ufffd`)

func (m *memo) keep(h half, text []byte, value reflect.Value, copies copier) {
	own := reflect.New(value.Type()).Elem()
	copies(own, value)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[h] = meaning{text, own}
}

// copier makes to a copy of from that shares nothing that can be changed, and
// is what from would be after a way through JSON.
type copier func(to, from reflect.Value)

// copiers are the copiers of the types that were met; nil ones are of types
// that change on the way through JSON, or might.
var copiers sync.Map // reflect.Type to copier

func copierOf(t reflect.Type) copier {
	if c, ok := copiers.Load(t); ok {
		return c.(copier)
	}
	c := makeCopier(t, map[reflect.Type]bool{})
	copiers.Store(t, c)
	return c
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// makeCopier makes the copier of a type, or nil. Types under way are those
// that it is a part of: one that holds itself has none.
func makeCopier(t reflect.Type, underWay map[reflect.Type]bool) copier {
	if underWay[t] {
		return nil
	}
	underWay[t] = true
	defer delete(underWay, t)
	switch {
	case t == reflect.TypeFor[time.Time]():
		return reflect.Value.Set // it comes back as it was, and nothing in it can be changed
	case reflect.PointerTo(t).Implements(jsonMarshaler), reflect.PointerTo(t).Implements(textMarshaler):
		return nil // what comes back is its own affair
	}
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return reflect.Value.Set
	case reflect.Struct:
		return structCopier(t, underWay)
	case reflect.Slice:
		return sliceCopier(t, underWay)
	case reflect.Map:
		return mapCopier(t, underWay)
	case reflect.Pointer:
		return pointerCopier(t, underWay)
	}
	return nil
}

func structCopier(t reflect.Type, underWay map[reflect.Type]bool) copier {
	type part struct {
		at     int
		copies copier
	}
	var parts []part
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if !f.IsExported() || tag == "-" {
			return nil // JSON does not carry it, or reflection may not set it
		}
		copies := makeCopier(f.Type, underWay)
		if copies == nil {
			return nil
		}
		switch f.Type.Kind() {
		case reflect.Slice, reflect.Map:
			if strings.Contains(tag, ",omitempty") {
				copies = omitting(copies)
			}
			parts = append(parts, part{i, copies})
		case reflect.Struct, reflect.Pointer:
			parts = append(parts, part{i, copies})
		}
	}
	return func(to, from reflect.Value) {
		to.Set(from)
		for _, p := range parts {
			p.copies(to.Field(p.at), from.Field(p.at))
		}
	}
}

// omitting is for a field that is left out when it is empty: it comes back as
// nil.
func omitting(copies copier) copier {
	return func(to, from reflect.Value) {
		if from.Len() == 0 {
			to.SetZero()
			return
		}
		copies(to, from)
	}
}

func sliceCopier(t reflect.Type, underWay map[reflect.Type]bool) copier {
	each := makeCopier(t.Elem(), underWay)
	if each == nil {
		return nil
	}
	flat := t.Elem().Kind() < reflect.Array || t.Elem().Kind() == reflect.String
	return func(to, from reflect.Value) {
		if from.IsNil() {
			to.SetZero()
			return
		}
		list := reflect.MakeSlice(t, from.Len(), from.Len())
		if flat {
			reflect.Copy(list, from)
		} else {
			for i := range from.Len() {
				each(list.Index(i), from.Index(i))
			}
		}
		to.Set(list)
	}
}

func mapCopier(t reflect.Type, underWay map[reflect.Type]bool) copier {
	each := makeCopier(t.Elem(), underWay)
	if each == nil || t.Key().Kind() != reflect.String {
		return nil
	}
	return func(to, from reflect.Value) {
		if from.IsNil() {
			to.SetZero()
			return
		}
		copied := reflect.MakeMapWithSize(t, from.Len())
		for i := from.MapRange(); i.Next(); {
			value := reflect.New(t.Elem()).Elem()
			each(value, i.Value())
			copied.SetMapIndex(i.Key(), value)
		}
		to.Set(copied)
	}
}

func pointerCopier(t reflect.Type, underWay map[reflect.Type]bool) copier {
	each := makeCopier(t.Elem(), underWay)
	if each == nil {
		return nil
	}
	return func(to, from reflect.Value) {
		if from.IsNil() {
			to.SetZero()
			return
		}
		value := reflect.New(t.Elem())
		each(value.Elem(), from.Elem())
		to.Set(value)
	}
}

package sim

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

type remembered struct {
	Name  string            `json:"name"`
	At    time.Time         `json:"at"`
	Bytes []byte            `json:"bytes"`
	Few   []string          `json:"few,omitempty"`
	Deep  []map[string]bool `json:"deep"`
	Next  *inner            `json:"next"`
}

type inner struct {
	Numbers []int `json:"numbers"`
}

// What comes out of the memo is what JSON gives, and shares nothing with what
// went in or came out before.
func TestTheMemoSharesNothing(t *testing.T) {
	t.Parallel()
	m := newMemo()
	h := half{authn.Key{Site: authn.SiteServer, Name: "x"}, false}
	make := func() remembered {
		return remembered{
			"a", time.Date(2026, 3, 2, 9, 0, 0, 7, time.UTC), []byte{1, 2}, []string{}, []map[string]bool{{"x": true}, nil}, &inner{[]int{1, 2}},
		}
	}
	value := make()
	text, err := m.encode(h, &value)
	if err != nil {
		t.Fatal(err)
	}
	spoil := func(v *remembered) {
		v.Bytes[0], v.Deep[0]["x"], v.Next.Numbers[1] = 9, false, 9
		v.Next = nil
	}
	spoil(&value)
	var want remembered
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var got remembered
		if err := m.decode(h, text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v (%v), want %+v", got, err, want)
		}
		spoil(&got)
	}
}

// Another text is decoded, whatever was remembered, and what fails is not
// remembered.
func TestTheMemoKnowsOneTextOnly(t *testing.T) {
	t.Parallel()
	m := newMemo()
	h := half{authn.Key{Site: authn.SiteServer, Name: "x"}, true}
	for _, text := range []string{`{"numbers":[1]}`, `{"numbers":[2]}`, `{"numbers":[1]}`} {
		var got, want inner
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if err := m.decode(h, []byte(text), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for range 2 {
		var got inner
		if err := m.decode(h, []byte(`{"numbers":["`), &got); err == nil {
			t.Error("half a text is taken")
		}
	}
	got := inner{Numbers: []int{7}} // JSON lays over what is there, and so does the memo
	if err := m.decode(h, []byte(`{}`), &got); err != nil || len(got.Numbers) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// JSON writes a text that is no UTF-8 as another one, and that is what a record
// means.
func TestTheMemoGivesWhatJSONMadeOfABrokenText(t *testing.T) {
	t.Parallel()
	m := newMemo()
	h := half{authn.Key{Site: authn.SiteServer, Name: "x"}, false}
	text, err := m.encode(h, remembered{Name: "a\xff"})
	if err != nil {
		t.Fatal(err)
	}
	var got, want remembered
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := m.decode(h, text, &got); err != nil || got.Name != want.Name {
		t.Errorf("%q (%v), want %q", got.Name, err, want.Name)
	}
}

// What is nothing is written as JSON writes it.
func TestTheMemoEncodesNothing(t *testing.T) {
	t.Parallel()
	for _, nothing := range []any{nil, (*inner)(nil)} {
		if text, err := newMemo().encode(half{}, nothing); err != nil || string(text) != "null" {
			t.Errorf("%s, %v", text, err)
		}
	}
}

type hiding struct {
	Open   int `json:"open"`
	hidden int
}

type itself struct {
	Next *itself `json:"next"`
}

// What JSON may not carry, or carries in a way of its own, is left to it.
func TestTheMemoLeavesToJSONWhatItDoesNotCopy(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		hiding{1, 2}, itself{}, struct{ X any }{}, struct{ F float64 }{},
		struct{ S authn.Secret }{}, struct {
			X int `json:"-"`
		}{}, map[int]string{}, json.RawMessage{},
	} {
		if copierOf(reflect.TypeOf(value)) != nil {
			t.Errorf("%T has a copier", value)
		}
	}
}

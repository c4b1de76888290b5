package keystoretest

import (
	"errors"
	"reflect"
	"testing"

	"github.com/offauth/offauth/authn"
)

// equal fails unless got is want; errors are compared by errors.Is.
func equal(t testing.TB, got, want any) {
	t.Helper()
	gotErr, ok := got.(error)
	if wantErr, ok2 := want.(error); ok && ok2 && errors.Is(gotErr, wantErr) {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n\t%+v\nwant\n\t%+v", got, want)
	}
}

// try writes a batch.
func try(t testing.TB, s authn.Store, b authn.Batch) error {
	t.Helper()
	return s.Update(t.Context(), func(authn.Reader) (authn.Batch, error) { return b, nil })
}

// update writes a batch that must fit.
func update(t testing.TB, s authn.Store, b authn.Batch) {
	t.Helper()
	if err := try(t, s, b); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s authn.Store, read func(r authn.Reader)) {
	t.Helper()
	err := s.View(t.Context(), func(r authn.Reader) error {
		read(r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func isEmpty(t testing.TB, s authn.Store) {
	t.Helper()
	view(t, s, func(r authn.Reader) {
		records, err := r.Records("", "")
		equal(t, err, nil)
		timers, err := r.Timers()
		equal(t, err, nil)
		events, err := r.Events(authn.EventQuery{})
		equal(t, err, nil)
		if len(records)+len(timers)+len(events) != 0 {
			t.Errorf("the store holds %d records, %d timers, %d events", len(records), len(timers), len(events))
		}
	})
}

// WantCode fails unless an error is the fault of that code.
func WantCode(t testing.TB, err error, code authn.Code) {
	t.Helper()
	f, ok := authn.AsFault(err)
	if !ok || f.Code != code {
		t.Errorf("got %v (%+v), want the fault %s", err, f, code)
	}
}

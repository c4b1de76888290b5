package sim_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
)

// recording returns an empty world that records.
func recording(t testing.TB) *stage {
	t.Helper()
	s := empty(t)
	if err := sim.StartRecording(context.Background(), s.store); err != nil {
		t.Fatal(err)
	}
	return s
}

// known returns the types of the verb table.
func known() []any {
	var all []any
	for _, v := range verb.All() {
		all = append(all, v.Action, v.Result)
	}
	return all
}

// TestARecordingWorldGivesBackWhatWasDoneA15: Actions with their secrets,
// results, refusals, pendings and events.
func TestARecordingWorldGivesBackWhatWasDoneA15(t *testing.T) {
	t.Parallel()
	s := recording(t)
	type done struct {
		action  authn.Action
		out     authn.Outcome
		refusal *authn.Refusal
	}
	var want []done
	act := func(a authn.Action) authn.Outcome {
		out, err := s.apply(a)
		r, _ := authn.AsRefusal(err)
		if err != nil && r == nil {
			t.Fatal(err)
		}
		want = append(want, done{a, out, r})
		return out
	}
	for _, a := range []authn.Action{
		authn.AddUser{Name: "alice"}, authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.RegisterDevice{Name: "pixel", User: "alice"},
		authn.SetPolicy{Settings: []authn.Setting{setting("hypr.offline.enabled", "true"), setting("hypr.pins.count", "10")}},
		authn.SetPolicy{Settings: []authn.Setting{setting("hypr.pins.count", "5")}},
		hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, tap, lock,
	} {
		act(a)
	}
	pin := act(unlock).Result.(hypr.UnlockResult).PIN
	act(login(authn.NewSecret("######")))
	act(login(pin))
	act(authn.SetLink{Site: authn.Workstation("LAPTOP-7"), State: authn.Down})
	act(tap)
	act(authn.AdvanceClock{By: 90 * time.Second})
	if _, err := s.world.Apply(context.Background(), hypr.Hide{Phone: "nobody"}); err == nil {
		t.Fatal("a fault is wanted")
	}
	told, err := s.world.Recorded(context.Background(), known()...)
	if err != nil {
		t.Fatal(err)
	}
	if kept, on, err := s.world.Recording(context.Background()); err != nil || !on || int(kept) != len(want) ||
		len(told) != len(want) {
		t.Fatalf("%d moves, %v, %v; %d were told, want %d", kept, on, err, len(told), len(want))
	}
	at := monday
	for i, w := range want {
		got := told[i]
		if got.Number != uint64(i+1) || !got.At.Equal(at) {
			t.Errorf("move %d is number %d at %v, want %v", i+1, got.Number, got.At, at)
		}
		at = w.out.At
		if !same(got.Action, w.action) || !same(got.Outcome.Result, w.out.Result) {
			t.Errorf("move %d: %+v gave %+v, want %+v and %+v", i+1, got.Action, got.Outcome.Result, w.action, w.out.Result)
		}
		if !reflect.DeepEqual(got.Outcome.Events, w.out.Events) && len(got.Outcome.Events)+len(w.out.Events) > 0 {
			t.Errorf("move %d: events %v, want %v", i+1, got.Outcome.Events, w.out.Events)
		}
		if !reflect.DeepEqual(got.Outcome.Pending, w.out.Pending) || !got.Outcome.At.Equal(w.out.At) {
			t.Errorf("move %d: %+v, want %+v", i+1, got.Outcome, w.out)
		}
		if (got.Refusal == nil) != (w.refusal == nil) ||
			got.Refusal != nil && (got.Refusal.Code != w.refusal.Code || got.Refusal.Rule != w.refusal.Rule) {
			t.Errorf("move %d: refused %v, want %v", i+1, got.Refusal, w.refusal)
		}
	}
}

// same reports whether two structs are equal, comparing secrets by their texts.
func same(a, b any) bool {
	if a == nil || b == nil || reflect.TypeOf(a) != reflect.TypeOf(b) {
		return a == nil && b == nil
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if secret, ok := x.Field(i).Interface().(authn.Secret); ok {
			if !secret.Equal(y.Field(i).Interface().(authn.Secret)) {
				return false
			}
			continue
		}
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			return false
		}
	}
	return true
}

// TestSecretsOfARecordingLieInTheSealedHalfA9 searches every public half.
func TestSecretsOfARecordingLieInTheSealedHalfA9(t *testing.T) {
	t.Parallel()
	s := recording(t)
	for _, a := range []authn.Action{
		authn.AddUser{Name: "alice"}, authn.RegisterDevice{Name: "pixel", User: "alice"}, authn.AddProvider{Name: "shop"},
		authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.SetPolicy{Settings: []authn.Setting{setting("hypr.offline.enabled", "true"),
			setting("encap.offline.methods", "OFFLINE:PIN"), setting("encap.otp.length", "9")}},
		hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, tap, lock, activate,
	} {
		s.do(a)
	}
	s.add(encap.OfflinePIN, authn.NewSecret("86420"))
	code := s.code(s.ask(challenge), authn.NewSecret("86420"))
	typed := []authn.Secret{code, authn.NewSecret("86420"), s.do(unlock).Result.(hypr.UnlockResult).PIN,
		authn.NewSecret("WRONGPIN")}
	s.refused(login(typed[3]), "wrong_pin", "H24")
	hidden := 0
	err := s.store.View(context.Background(), func(r authn.Reader) error {
		records, err := r.Records(authn.SiteWorld, "move/")
		for _, rec := range records {
			for _, secret := range typed {
				if bytes.Contains(rec.Public, []byte(secret.Reveal())) {
					t.Errorf("%s has a secret in its public half: %s", rec.Name, rec.Public)
				}
				if bytes.Contains(rec.Secret, []byte(secret.Reveal())) {
					hidden++
				}
			}
		}
		return err
	})
	if err != nil || hidden < len(typed) {
		t.Errorf("%v; %d secrets were found in sealed halves, want %d", err, hidden, len(typed))
	}
}

// TestRecordingChangesNothingElse: the same Actions leave the same world.
func TestRecordingChangesNothingElse(t *testing.T) {
	t.Parallel()
	var snaps []authn.Snapshot
	for _, s := range []*stage{empty(t), recording(t)} {
		for _, a := range []authn.Action{
			authn.AddUser{Name: "alice"}, authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
			authn.RegisterDevice{Name: "pixel", User: "alice"},
			authn.SetPolicy{Settings: []authn.Setting{setting("hypr.offline.enabled", "true")}},
			hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, tap, lock,
		} {
			s.do(a)
		}
		snap, err := s.world.Snapshot(context.Background(), authn.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if recording := len(snaps) == 1; snap.Recording != recording || recording && snap.Moves != 7 {
			t.Errorf("recording: %v, %d moves", snap.Recording, snap.Moves)
		}
		snap.Recording, snap.Moves = false, 0
		snaps = append(snaps, snap)
		records := 0
		err = s.store.View(context.Background(), func(r authn.Reader) error {
			all, err := r.Records(authn.SiteWorld, "move/")
			records = len(all)
			return err
		})
		if want := 7 * (len(snaps) - 1); err != nil || records != want {
			t.Errorf("%v; %d moves are kept, want %d", err, records, want)
		}
	}
	if !reflect.DeepEqual(snaps[0], snaps[1]) {
		t.Errorf("%+v\n%+v", snaps[0], snaps[1])
	}
}

func TestAWorldThatDoesNotRecordSaysSo(t *testing.T) {
	t.Parallel()
	s := empty(t)
	if _, err := s.world.Recorded(context.Background(), known()...); !errors.Is(err, sim.ErrNotRecording) {
		t.Errorf("got %v", err)
	}
	s.do(authn.AddUser{Name: "alice"})
	if err := sim.StartRecording(context.Background(), s.store); err == nil {
		t.Error("a world in which something was done began to record")
	}
}

func TestARepairIsRecordedAsSuchA14(t *testing.T) {
	t.Parallel()
	s := recording(t)
	s.do(authn.AddUser{Name: "alice"})
	if _, err := sim.AcceptRollback(context.Background(), s.world); err != nil {
		t.Fatal(err)
	}
	told, err := s.world.Recorded(context.Background(), known()...)
	if err != nil || len(told) != 2 || told[1].Action.Verb() != "world repair" {
		t.Errorf("%v, %+v", err, told)
	}
}

// TestEveryActionAndResultCanBeRecorded fills the fields of every type of the
// verb table.
func TestEveryActionAndResultCanBeRecorded(t *testing.T) {
	t.Parallel()
	for _, zero := range known() {
		if zero == nil {
			continue
		}
		v := reflect.New(reflect.TypeOf(zero)).Elem()
		secretFields := 0
		for i := range v.NumField() {
			fill(t, v.Field(i))
			if v.Field(i).Type() == reflect.TypeFor[authn.Secret]() {
				secretFields++
			}
		}
		back, public, err := sim.ThereAndBack(v.Interface())
		if err != nil || !same(back, v.Interface()) {
			t.Errorf("%T: %v\n%+v\n%+v", zero, err, back, v.Interface())
		}
		if strings.Contains(public, "hush") || strings.Contains(public, "redacted") {
			t.Errorf("%T, %d secrets: %s", zero, secretFields, public)
		}
	}
}

// fill sets a field to a value that is not zero.
func fill(t *testing.T, f reflect.Value) {
	t.Helper()
	switch {
	case f.Type() == reflect.TypeFor[authn.Secret]():
		f.Set(reflect.ValueOf(authn.NewSecret("hush")))
	case f.Type() == reflect.TypeFor[time.Time]():
		f.Set(reflect.ValueOf(monday.Add(time.Nanosecond)))
	case f.Kind() == reflect.String:
		f.SetString("x \u2028\x1b<&>")
	case f.Kind() == reflect.Bool:
		f.SetBool(true)
	case f.CanInt():
		f.SetInt(42)
	case f.Kind() == reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), 2, 2))
		fill(t, f.Index(0))
		fill(t, f.Index(1))
	case f.Kind() == reflect.Struct:
		for i := range f.NumField() {
			fill(t, f.Field(i))
		}
	default:
		t.Fatalf("a %s has no value here", f.Type())
	}
}

// TestASecretDeepInsideIsNotRecorded: a nested secret would be lost, so it is
// an error.
func TestASecretDeepInsideIsNotRecorded(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		struct{ Codes []authn.Secret }{[]authn.Secret{authn.NewSecret("a")}}, struct{ In struct{ S authn.Secret } }{},
		struct{ Any any }{"x"}, struct{ By map[string]authn.Secret }{}, "text",
	} {
		if _, _, err := sim.ThereAndBack(value); err == nil {
			t.Errorf("%T was recorded", value)
		}
	}
}

// Cancel was an Action of the family hypr in older versions and is the world's
// now.
func TestARecordOfAnOlderVersionIsReadUnderItsTypesFormerNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]any{"hypr.Cancel": authn.Cancel{}, "authn.Cancel": authn.Cancel{},
		"hypr.CancelResult": authn.CancelResult{}} {
		if got, err := sim.ReadType(name, known()...); err != nil || got != want {
			t.Errorf("%s: %#v, %v", name, got, err)
		}
	}
	if got, err := sim.ReadType("hypr.Cancelled", known()...); err == nil {
		t.Errorf("%#v", got)
	}
}

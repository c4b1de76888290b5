package value_test

import (
	"errors"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/value"
)

var eight = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func look(path []string) (any, error) {
	known := map[string]any{
		"case.count": int64(10), "vars.pin": "2580", "saved.otp": authn.NewSecret("123456"),
		"saved.issued": eight, "vars.days": "7d", "case.on": true,
	}
	name := path[0]
	for _, part := range path[1:] {
		name += "." + part
	}
	v, ok := known[name]
	if !ok {
		return nil, errors.New("nothing is called " + name)
	}
	return v, nil
}

func TestReferencesKeepTheirTypesAndSumsAddUp(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"plain": "plain", "${case.count}": int64(10), "${case.count - 1}": int64(9), "${ case.count + 1 - 2 }": int64(9),
		"${saved.issued + 7d - 60s}":     eight.Add(7*authn.Day - time.Minute),
		"${saved.issued + vars.days}":    eight.Add(7 * authn.Day),
		"${saved.issued - saved.issued}": time.Duration(0), "pin ${vars.pin}.": "pin 2580.", "$${vars.pin}": "${vars.pin}",
		"${case.on}": true, "a$${b}${case.count}": "a${b}10", "": "",
	} {
		parsed, err := value.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, err := parsed.Eval(look)
		if err != nil || got != want {
			t.Errorf("%q is %v (%v), want %v", text, got, err, want)
		}
	}
}

func TestATextWithASecretInItIsASecret(t *testing.T) {
	t.Parallel()
	parsed, err := value.Parse("${vars.pin}${saved.otp}")
	if err != nil {
		t.Fatal(err)
	}
	got, err := parsed.Eval(look)
	secret, ok := got.(authn.Secret)
	if err != nil || !ok || !secret.Equal(authn.NewSecret("2580123456")) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWhatIsNoReferenceOrDoesNotAddUpIsSaid(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"${", "${a.b", "${}", "${a}", "${a.b * 2}", "${a.b +}", "${a.b+1}", "${a.b() }",
		"${a..b}"} {
		if _, err := value.Parse(text); !errors.Is(err, value.ErrBadReference) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"${case.on + 1}", "${saved.otp + 1}", "${saved.issued + saved.issued}", "${case.none}",
		"x${saved.issued - saved.issued}y${case.none}"} {
		parsed, err := value.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parsed.Eval(look); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestAReferenceKnowsItsPlace(t *testing.T) {
	t.Parallel()
	parsed, err := value.Parse("für $${x} ${case.count} und ${vars.pin}")
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	for _, p := range parsed.Parts {
		if p.Expr != nil {
			at = append(at, p.Expr.At)
		}
	}
	if len(at) != 2 || at[0] != 10 || at[1] != 28 {
		t.Errorf("%v", at)
	}
}

package authn_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
)

const clear = "ABCD2345"

// holder has a Secret in every kind of field.
type holder struct {
	Name   string
	PIN    authn.Secret
	Ptr    *authn.Secret
	hidden authn.Secret
	inner  struct{ deep authn.Secret }
	Any    any
	List   []authn.Secret
	Map    map[string]authn.Secret
	authn.Secret
}

type document struct{ PIN authn.Secret }

func (h holder) inXML() document { return document{h.PIN} }

func held() holder {
	s := authn.NewSecret(clear)
	h := holder{Name: "x", PIN: s, Ptr: &s, hidden: s, Any: s, List: []authn.Secret{s},
		Map: map[string]authn.Secret{"k": s}, Secret: s}
	h.inner.deep = s
	return h
}

// leaks reports whether a text has the secret in a readable form.
func leaks(text string) bool {
	for _, form := range []string{clear, strings.ToLower(clear), fmt.Sprintf("%x", clear), fmt.Sprintf("%X", clear),
		fmt.Sprintf("% x", clear), "65 66 67 68"} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

func TestASecretPrintsAsRedactedWithEveryVerbA9(t *testing.T) {
	s := authn.NewSecret(clear)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%#q", "%x", "%X", "% x", "%d", "%t", "%c", "%U", "%e",
		"%o", "%b", "%20s", "%-5.2v", "%z"} {
		if got := fmt.Sprintf(verb, s); got != "[redacted]" {
			t.Errorf("%s prints %q", verb, got)
		}
		if got := fmt.Sprintf(verb, authn.Secret{}); got != "[redacted]" {
			t.Errorf("%s prints the empty one as %q", verb, got)
		}
		if got := fmt.Sprintf(verb, &s); leaks(got) {
			t.Errorf("%s of a pointer prints %q", verb, got)
		}
		for _, nested := range []any{held(), &[]holder{held()}[0], []authn.Secret{s}, [1]authn.Secret{s},
			map[string]any{"a": s}, map[authn.Secret]int{s: 1}, struct{ s authn.Secret }{s}} {
			if got := fmt.Sprintf(verb, nested); leaks(got) {
				t.Errorf("%s of a %T prints %s", verb, nested, got)
			}
		}
	}
	if got := fmt.Sprintf("%p %p", s, held()); leaks(got) { // fmt asks no Formatter for %p
		t.Errorf("%%p prints %q", got)
	}
	if got := fmt.Sprint(s, " ", []authn.Secret{s}); got != "[redacted] [[redacted]]" {
		t.Errorf("Sprint gives %q", got)
	}
}

func TestASecretIsRedactedInLogsAndErrorsA9(t *testing.T) {
	s := authn.NewSecret(clear)
	var b bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		l := slog.New(h)
		l.Info("a", "pin", s)
		l.Info("b", "ptr", &s, "struct", held(), "list", []authn.Secret{s}, slog.Group("g", "pin", s))
		l.With("pin", s).WithGroup("g").Error("c", "error", fmt.Errorf("typed %v", s))
	}
	log.New(&b, "", 0).Print(s, held())
	if leaks(b.String()) || strings.Count(b.String(), "[redacted]") < 10 {
		t.Errorf("the log says\n%s", b.String())
	}
	err := errors.Join(fmt.Errorf("pin %s: %w", s, errors.New("no")),
		&authn.Fault{Message: fmt.Sprint(s), Err: fmt.Errorf("%#v", held())})
	if leaks(err.Error()) || leaks(fmt.Sprintf("%+v %#v", err, err)) {
		t.Errorf("the error says %v", err)
	}
}

func TestASecretIsRedactedWhenMarshalledA9(t *testing.T) {
	s := authn.NewSecret(clear)
	for name, v := range map[string]any{
		"itself": s, "a pointer": &s, "a struct": struct{ PIN authn.Secret }{s}, "a key": map[authn.Secret]int{s: 1},
		"a list": []any{s, &s},
	} {
		b, err := json.Marshal(v)
		if err != nil || leaks(string(b)) || !strings.Contains(string(b), "[redacted]") {
			t.Errorf("JSON of %s: %s %v", name, b, err)
		}
	}
	if b, err := json.Marshal(held()); err != nil || leaks(string(b)) {
		t.Errorf("JSON of a struct that embeds one: %s %v", b, err)
	}
	if b, err := xml.Marshal(held().inXML()); err != nil || leaks(string(b)) {
		t.Errorf("XML: %s %v", b, err)
	}
}

func TestASecretGivesItsTextToRevealOnlyA9(t *testing.T) {
	s := authn.NewSecret(clear)
	if s.Reveal() != clear || s.Len() != len(clear) || s.Empty() {
		t.Error("the secret is not what was put in")
	}
	if zero := (authn.Secret{}); zero.Reveal() != "" || zero.Len() != 0 || !zero.Empty() ||
		!zero.Equal(authn.NewSecret("")) {
		t.Error("the zero Secret holds something")
	}
	for _, row := range []struct {
		a, b string
		want bool
	}{{clear, clear, true}, {clear, "ABCD2346", false}, {clear, clear[:7], false}, {"", clear, false}, {"", "", true}} {
		if got := authn.NewSecret(row.a).Equal(authn.NewSecret(row.b)); got != row.want {
			t.Errorf("%q and %q: %v", row.a, row.b, got)
		}
	}
}

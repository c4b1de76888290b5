package player_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/value"
)

func opened(t testing.TB) *player.Player {
	t.Helper()
	story := hypr(t, "  - device hide:\n")
	story.Vars = entries(row{"word", "blue", "again", "${vars.word}", "list", []any{"a", "${vars.word}"}, "loop",
		"${vars.pool}", "pool", "${vars.loop}", "days", "7d", "pin", "2580"})
	story.Secrets = []string{"pin"}
	p, err := player.New(context.Background(), player.Instance{ID: "x", Story: story}, config())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMatchersFitWhatTheySay(t *testing.T) {
	t.Parallel()
	p := opened(t)
	pin := authn.NewSecret("ABCD2345")
	p.Keep("pin", pin)
	fields := map[string]any{"left": int64(9), "mode": "offline", "list": []any{"a", "b"},
		"deep": map[string]any{"x": true}}
	for _, c := range []struct {
		matcher  any
		fits     []any
		fitsNot  []any
		orAbsent bool // whether it also fits an absent value
	}{
		{6, []any{int64(6)}, []any{"6", int64(7), true, nil}, false},
		{"6", []any{"6"}, []any{int64(6)}, false},
		{true, []any{true}, []any{false, "true"}, false},
		{"5s", []any{5 * time.Second, "5s"}, []any{6 * time.Second, int64(5)}, false},
		{"1h", []any{time.Hour, "1h0m0s", "60m"}, []any{"1h1m"}, false},
		{"2026-03-02T09:00:00+01:00", []any{monday}, []any{monday.Add(1)}, false},
		{"${saved.pin}", []any{pin, "ABCD2345"}, []any{authn.NewSecret("x"), "x"}, false},
		{"ABCD2345", []any{pin}, []any{authn.NewSecret("x")}, false},
		{[]any{"a", "b"}, []any{[]any{"a", "b"}, []string{"a", "b"}}, []any{[]any{"b", "a"}, []any{"a"}, "a"}, false},
		{row{"left", 9}, []any{fields}, []any{map[string]any{"left": int64(8)}, int64(9)}, false},
		{row{"left", 9, "deep", row{"x", true}, "gone", row{"absent", true}}, []any{fields}, nil, false},
		{row{"gone", 1}, nil, []any{fields}, false},
		{row{"eq", 6}, []any{int64(6)}, []any{int64(7)}, false},
		{row{"ne", 6}, []any{int64(7), "6"}, []any{int64(6)}, true},
		{row{"gt", 6}, []any{int64(7)}, []any{int64(6), "7"}, false},
		{row{"ge", 6}, []any{int64(6)}, []any{int64(5)}, false},
		{row{"lt", "5s"}, []any{time.Second}, []any{5 * time.Second}, false},
		{row{"le", "2026-03-02T08:00:00Z"}, []any{monday}, []any{monday.Add(1)}, false},
		{row{"gt", 1, "lt", 3}, []any{int64(2)}, []any{int64(1), int64(3)}, false},
		{row{"between", []any{1, 3}}, []any{int64(1), int64(3)}, []any{int64(0), int64(4)}, false},
		{row{"one_of", []any{"a", row{"matches", "^b+$"}}}, []any{"a", "bb"}, []any{"c"}, false},
		{row{"not", "a"}, []any{"b"}, []any{"a"}, true},
		{row{"not", row{"contains", "a"}}, []any{"b"}, []any{"ba"}, true},
		{row{"matches", "^[A-Z0-9]{8}$"}, []any{pin, "ABCD2345"}, []any{"abc", int64(5)}, false},
		{row{"len", 8}, []any{pin, "ABCDÄFGH"}, []any{"abc", int64(8)}, false},
		{row{"len", row{"ge", 2}}, []any{[]any{"a", "b"}, fields}, []any{[]any{}}, false},
		{row{"contains", "b"}, []any{[]any{"a", "b"}, "abc"}, []any{[]any{"a"}, "acc", int64(1)}, false},
		{row{"contains", "left"}, []any{fields}, []any{map[string]any{}}, false},
		{row{"absent", true}, nil, []any{"a", ""}, true},
		{row{"absent", false}, []any{"a"}, nil, false},
		{row{"all", []any{row{"gt", 1}, row{"lt", 9}}}, []any{int64(2)}, []any{int64(9)}, false},
		{row{"any", []any{1, row{"gt", 8}}}, []any{int64(1), int64(9)}, []any{int64(5)}, false},
		{row{"exactly", row{"x", true}}, []any{map[string]any{"x": true}}, []any{map[string]any{"x": true, "y": true},
			map[string]any{"x": false}}, false},
	} {
		n := node(c.matcher)
		for _, v := range c.fits {
			if missed := p.Try(n, v, true); len(missed) > 0 {
				t.Errorf("%v on %v: %v", c.matcher, v, missed)
			}
		}
		for _, v := range c.fitsNot {
			if missed := p.Try(n, v, true); len(missed) == 0 {
				t.Errorf("%v fits %v", c.matcher, v)
			}
		}
		if missed := p.Try(n, nil, false); (len(missed) == 0) != c.orAbsent {
			t.Errorf("%v on nothing: %v", c.matcher, missed)
		}
	}
}

func TestWhatDoesNotFitIsToldWithoutASecret_A9(t *testing.T) {
	t.Parallel()
	p := opened(t)
	p.Keep("pin", authn.NewSecret("ABCD2345"))
	told := strings.Join(p.Try(node("EFGH2345"), authn.NewSecret("ABCD2345"), true), "; ")
	told += strings.Join(p.Try(node(row{"matches", "^x"}), authn.NewSecret("ABCD2345"), true), "; ")
	if strings.Contains(told, "ABCD2345") || !strings.Contains(told, "len 8>") {
		t.Error(told)
	}
	if strings.Contains(told, "EFGH2345") { // a literal compared with a secret is secret
		t.Error(told)
	}
	if got := p.Redact("it was ABCD2345, and the var 2580"); strings.Contains(got, "ABCD2345") ||
		strings.Contains(got, "2580") {
		t.Error(got)
	}
	if got := p.Redact("it was EFGH2345"); got != "it was EFGH2345" { // but not any other text
		t.Error(got)
	}
}

func TestValuesThatLookAlikeAreToldWithTheirKinds(t *testing.T) {
	t.Parallel()
	p := opened(t)
	for _, c := range []struct {
		matcher, got any
		want         string
	}{
		{"24", int64(24), "value: want 24 (text), got 24 (number)"},
		{24, "24", "value: want 24 (number), got 24 (text)"},
		{"no", false, "value: want no (text), got false (boolean)"},
		{"5s", 6 * time.Second, "value: want 5s, got 6s"},
		{"soon", monday, "value: want soon (text), got 2026-03-02T08:00:00Z (instant)"},
		{23, int64(24), "value: want 23, got 24"},
	} {
		if got := strings.Join(p.Try(node(c.matcher), c.got, true), "; "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// An operator that does not apply to a value is a failure, with or without "not".
func TestAMistakeIsNoMismatch(t *testing.T) {
	t.Parallel()
	p := opened(t)
	for _, m := range []any{
		row{"not", row{"gtt", 3}}, row{"not", row{"gt", "x"}}, row{"not", row{"matches", "9"}},
		row{"any", []any{row{"gtt", 3}, 8}}, row{"one_of", []any{row{"gt", true}}},
		row{"not", row{"all", []any{row{"lesss", 3}}}}, row{"not", row{"any", []any{row{"lesss", 3}}}},
		row{"not", row{"contains", "9"}},
	} {
		if missed := p.Try(node(m), int64(9), true); len(missed) == 0 {
			t.Errorf("%v fits 9", m)
		}
	}
}

func TestReferencesGiveWhatTheyName(t *testing.T) {
	t.Parallel()
	p := opened(t)
	p.Keep("n", int64(3))
	for text, want := range map[string]any{
		"${vars.word}": "blue", "${vars.again}": "blue", "${saved.n + 1}": int64(4), "x${saved.n}": "x3",
		"${clock.now}": monday, "${clock.start}": monday,
		"${clock.now + vars.days}": monday.Add(7 * authn.Day), "${phone.clock.now}": monday,
		"${policy.pins.count}": int64(10), "${policy.offline.enabled}": true, "${state.workstation.locked}": true,
	} {
		if got, err := p.Value(node(text)); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"${vars.none}", "${saved.none}", "${case.x}", "${matrix.x}", "${loop.n}", "${params.x}",
		"${steps.x.ok}", "${vars.loop}", "${nobody.clock.now}", "${state.workstation.nothing}", "${policy.pins.none}",
		"${clock.then}"} {
		if got, err := p.Value(node(text)); err == nil {
			t.Errorf("%s is %v", text, got)
		}
	}
	if got, err := p.Value(node("${vars.list}")); err != nil || p.Show("", got) != "[a, blue]" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := p.Value(node("${vars.pin}")); err != nil || !strings.HasPrefix(p.Show("x", got), "<pin#1 len 4>") {
		t.Errorf("%v, %v", got, err)
	}
}

// Constants that name each other grow tenfold with each line. The player refuses a
// value that is too large before it builds it.
func TestAValueHasALimit(t *testing.T) {
	t.Parallel()
	vars := row{"v0", "xxxxxxxxxx", "l0", []any{"a", "b"}}
	for i := 1; i < 40; i++ {
		text, list := fmt.Sprintf("${vars.v%d}", i-1), fmt.Sprintf("${vars.l%d}", i-1)
		vars = append(vars, fmt.Sprintf("v%d", i), strings.Repeat(text, 10), fmt.Sprintf("l%d", i), []any{list, list})
	}
	story := hypr(t, "  - device hide:\n")
	story.Vars = entries(vars)
	p, err := player.New(context.Background(), player.Instance{ID: "x", Story: story}, config())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"${vars.v39}", "${vars.l39}"} {
		if _, err := p.Value(node(name)); !errors.Is(err, value.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, n := range map[string]int{"${vars.v4}": 100_000, "${vars.v5}": 1_000_000} {
		if v, err := p.Value(node(name)); err != nil || len(v.(string)) != n {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package compose

import (
	"testing"
	"unicode/utf8"

	"github.com/offauth/offauth/scenarios/syntax"
)

// read returns the value of the key "a" of a file.
func read(t *testing.T, text string) *syntax.Node {
	t.Helper()
	root, findings := syntax.Parse("x.scenario.yaml", []byte(text))
	if len(findings) > 0 || root.Get("a") == nil {
		t.Fatalf("%q: %v", text, findings)
	}
	return root.Get("a")
}

// FuzzWhatIsWrittenIsReadBackAsTheSameText: on its own, in a list, as a key and
// as a value in braces.
func FuzzWhatIsWrittenIsReadBackAsTheSameText(f *testing.F) {
	for _, text := range []string{"", "alice", "0042", "true", "~", "a: b", "{x}", "- a", "# a", "\"'\\", "a\nb\t\r", "\x00\x1b\x7f\u0085", "zażółć 🔑", "\u202e\ufeff\u2028", "${a}", " a ", "!!str a", "&a *a", "1e3", ".inf", "2026-03-02", "=", "<<", "%", "@", "`", "|", ">-"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 10_000 {
			return
		}
		y := scalar(text)
		for name, got := range map[string]*syntax.Node{
			"alone": read(t, "a: "+y+"\n"), "in a list": read(t, "a: ["+y+", b]\n").Items[0], "in braces": read(t, "a: {b: "+y+", c: d}\n").Get("b"),
			"in a block": read(t, "a:\n  - "+y+"\n  - b\n").Items[0],
		} {
			if got.Kind != syntax.Text || got.Text != text {
				t.Errorf("%s: %q is written %s and read as %v %q", name, text, y, got.Kind, got.Text)
			}
		}
		if key := read(t, "a: {"+y+": b}\n"); len(key.Pairs) != 1 || key.Pairs[0].Key != text {
			t.Errorf("as a key: %q is written %s and read as %+v", text, y, key.Pairs)
		}
	})
}

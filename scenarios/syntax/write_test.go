package syntax_test

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

func TestATextThatWouldBeReadAsSomethingElseHasQuotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"alice": "alice", "LAPTOP-7": "LAPTOP-7", "Pay 120 EUR": "Pay 120 EUR", "a.b/c": "a.b/c",
		"": `""`, "0042": `"0042"`, "7": `"7"`, "true": `"true"`, "No": `"No"`, "null": `"null"`, "~": `"~"`, "1e3": `"1e3"`,
		"5s":          `"5s"`,
		"OFFLINE:PIN": `"OFFLINE:PIN"`, "a: b": `"a: b"`, "a #b": `"a #b"`, "- a": `"- a"`, "{a}": `"{a}"`, " a": `" a"`,
		"a  b":      `"a  b"`,
		`say "hi"\`: `"say \"hi\"\\"`, "a\tb\nc\r": `"a\tb\nc\r"`, "\x00\x1b\x7f": `"\x00\x1b\x7f"`,
		"\u0085\u2028\u202e\ufeff": `"\u0085\u2028\u202e\ufeff"`,
		"zażółć":                   `"zażółć"`, "日本 🔑": `"日本 🔑"`, "a\u00a0b": `"a\u00a0b"`, "\U000e0001": `"\U000e0001"`,
		"${a.b}": `"${a.b}"`, "'": `"'"`,
	} {
		if got := syntax.Flow(syntax.Word(text)); got != want {
			t.Errorf("Flow(%q) = %s, want %s", text, got, want)
		}
	}
}

// FuzzWhatIsWrittenIsReadBackAsTheSameText: on its own, in a list, as a key and
// as a value in braces.
func FuzzWhatIsWrittenIsReadBackAsTheSameText(f *testing.F) {
	for _, text := range []string{"", "alice", "0042", "true", "~", "a: b", "{x}", "- a", "# a", "\"'\\", "a\nb\t\r",
		"\x00\x1b\x7f\u0085", "zażółć 🔑", "\u202e\ufeff\u2028", "${a}", " a ", "!!str a", "&a *a", "1e3", ".inf",
		"2026-03-02", "=", "<<", "%", "@", "`", "|", ">-"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 10_000 {
			return
		}
		y := syntax.Flow(syntax.Word(text))
		for name, got := range map[string]*syntax.Node{
			"alone": read(t, "a: "+y+"\n"), "in a list": read(t, "a: ["+y+", b]\n").Items[0],
			"in braces":  read(t, "a: {b: "+y+", c: d}\n").Get("b"),
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

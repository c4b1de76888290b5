package syntax_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/offauth/offauth/scenarios/syntax"
)

func parse(t *testing.T, text string) *syntax.Node {
	t.Helper()
	root, findings := syntax.Parse("a.yaml", []byte(text))
	if len(findings) > 0 || root == nil {
		t.Fatalf("%q: %v", text, findings)
	}
	return root
}

func TestScalarsAreWhatWasWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]syntax.Node{
		"0042": {Kind: syntax.Int, Text: "0042"}, "\"0042\"": {Kind: syntax.Text, Text: "0042", Quoted: true},
		"'x'":  {Kind: syntax.Text, Text: "x", Quoted: true},
		"true": {Kind: syntax.Bool, Text: "true"}, "yes": {Kind: syntax.Text, Text: "yes"},
		"~": {Kind: syntax.Null, Text: "~"}, "": {Kind: syntax.Null},
		"1e3": {Kind: syntax.Float, Text: "1e3"}, "1.5": {Kind: syntax.Float, Text: "1.5"},
		"0x1f": {Kind: syntax.Int, Text: "0x1f"}, "-7": {Kind: syntax.Int, Text: "-7"},
		"2026-03-02T08:00:00Z": {Kind: syntax.Text, Text: "2026-03-02T08:00:00Z"},
		"4m59.999s":            {Kind: syntax.Text, Text: "4m59.999s"}, "5s": {Kind: syntax.Text, Text: "5s"},
		"${case.x - 1}":           {Kind: syntax.Text, Text: "${case.x - 1}"},
		"12345678901234567890123": {Kind: syntax.Int, Text: "12345678901234567890123"},
	} {
		got := parse(t, "a: "+text+"\n").Get("a")
		if got.Kind != want.Kind || got.Text != want.Text || got.Quoted != want.Quoted {
			t.Errorf("%s: kind %v, %q, quoted %v", text, got.Kind, got.Text, got.Quoted)
		}
	}
}

func TestTextsWithAColonInAListAreTexts(t *testing.T) {
	t.Parallel()
	list := parse(t, "m: [OFFLINE:PIN, \"b:c\", 2026-03-02T08:00:00Z, {a: b}]").Get("m")
	if len(list.Items) != 4 || list.Items[0].Text != "OFFLINE:PIN" || list.Items[1].Text != "b:c" ||
		list.Items[2].Text != "2026-03-02T08:00:00Z" || list.Items[3].Kind != syntax.Map {
		t.Errorf("%+v", list.Items)
	}
}

func TestNodesKnowTheirPlacesInCharacters(t *testing.T) {
	t.Parallel()
	root := parse(t, "\ufeffü: [日本, \"é\\u00e9\"]\r\nb: |\r\n  x\r\nc: &k {d: 1}\r\ne: *k\r\n")
	for _, row := range []struct {
		node           *syntax.Node
		line, col, len int
	}{
		{root.Get("ü"), 1, 4, 1}, {root.Get("ü").Items[0], 1, 5, 2}, {root.Get("ü").Items[1], 1, 9, 9},
		{root.Get("b"), 2, 4, 1}, {root.Get("c").Get("d"), 4, 11, 1}, {root.Get("e"), 4, 7, 1},
	} {
		if p := row.node.Pos; p.Line != row.line || p.Col != row.col || p.Len != row.len {
			t.Errorf("%q is at %d:%d, %d long; want %d:%d, %d", row.node.Text, p.Line, p.Col, p.Len, row.line, row.col, row.len)
		}
	}
}

func TestEachKindOfBrokenFileGivesOneFinding(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: {c: ${vars.x}, d: 1}":   "1:8: error[OA104]",
		"a: [1, ${vars.x + 1d}]":    "1:8: error[OA104]",
		"a:\n\tb: 1":                "2:1: error[OA001]: a tab",
		"a: 1\n---\nb: 2":           "2:1: error[OA002]",
		"a: !!python/x 1":           "1:4: error[OA001]: the tag !!python/x",
		"a: 1\nb: 2\na: 3":          "3:1: error[OA103]",
		"a: &x {b: 1}\nc: {<<: *x}": "2:5: error[OA107]",
		"a: \"b":                    "1:4: error[OA001]: a quote",
		"a: b: c":                   "1:4: error[OA001]: a key inside",
		"a: {b: 1":                  "1:4: error[OA001]: a { or [",
		"a: *x":                     "1:4: error[OA001]: no anchor &x",
		"a: &x [*x]":                "1:8: error[OA001]: no anchor &x",
		"a: @b":                     "1:4: error[OA001]: a text that begins with @",
		"a: - b":                    "1:4: error[OA001]: a dash",
		"a\x00b":                    "1:2: error[OA001]: a control character, U+0000",
		"a: \xff\xfe":               "1:4: error[OA001]: the file is not UTF-8",
		"\xff\xfea\x00":             "1:1: error[OA001]: the file is UTF-16",
		"%YAML 1.2\n---\na: 1":      "1:1: error[OA001]: YAML directives",
		"steps:\n  - a\n - b":       "3:",
		"a: &x &y 1":                "1:4: error[OA001]: two anchors",
		"&a f: 1\n&b f: 2":          "2:1: error[OA103]",
		"x: &k v\nv: 1\n*k : 2":     "3:1: error[OA103]",
		"*k : 2":                    "1:1: error[OA001]: no anchor &k",
		"x: &k {a: b}\n*k : 2":      "2:1: error[OA001]: a key must be one word",
		"? [a, b]\n: 1":             "2:1: error[OA001]: a key must be one word",
		"a: \"b\"# c":               "1:7: error[OA001]: a comment needs a blank",
		"[a, b]#c":                  "1:7: error[OA001]: a comment needs a blank",
		"a:\n\u00a0 b: 1":           "2:1: error[OA001]: a blank that YAML does not take for one, U+00A0",
		"a:\n  b: 1\n \u00a0c: 1":   "3:2: error[OA001]: a blank that YAML does not take for one, U+00A0",
		"a: “b”":                    "1:4: error[OA001]: the quotes of this text are typographic, U+201C",
		"“a”: b":                    "1:1: error[OA001]: the quotes of this text are typographic, U+201C",
		"a: {c: “${vars.x}”}":       "1:9: error[OA104]",
		"[a, -]":                    "1:5: error[OA001]: a dash between",
		"a: |\n  x\n\t\n  y":        "3:1: error[OA001]: a tab in the indentation",
	} {
		_, findings := syntax.Parse("a.yaml", []byte(text))
		if len(findings) != 1 || !strings.HasPrefix(findings[0].Error(), "a.yaml:"+want) {
			t.Errorf("%q: %v, want %s", text, findings, want)
		}
	}
}

// TestValidYAMLIsRead has cases that the library's lexer or parser gets wrong, and
// cases from the tests of other parsers.
func TestValidYAMLIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: |\n\n# c\nb: 1":                 `{a: "", b: 1}`,
		"a: >\n\n\n# c\nb: 1":               `{a: "", b: 1}`,
		"a: |+\n\n\n# c\nb: 1":              `{a: "\n\n", b: 1}`,
		"a: |-\n# c\nb: 1":                  `{a: "", b: 1}`,
		"- |\n\n# c\n- b":                   `["", b]`,
		"x:\n  a: |\n\n  # c\n  b: 1":       `{x: {a: "", b: 1}}`,
		"a: |\n\n# c":                       `{a: ""}`,
		"{&a f: 1, &b s: 2, t: *a}":         `{f: 1, s: 2, t: f}`,
		"&a f: 1\n&b s: *a":                 `{f: 1, s: f}`,
		"x: &m\n  &k k: 1\n  j: *k\ny: *m":  `{x: {k: 1, j: k}, y: {k: 1, j: k}}`,
		"- &a k: 1\n- *a":                   `[{k: 1}, k]`,
		"x: &k v\n*k : 1":                   `{x: v, v: 1}`,
		"? |\n  k\n: 1\n? &a b\n: *a":       `{k\n: 1, b: b}`,
		"a: 1\n\t\nb: 2":                    `{a: 1, b: 2}`,
		"a: 1\n \t \n\t\nb: 2\n\t":          `{a: 1, b: 2}`,
		"a: |\n  “b”\nc: 'd “e”'\nf: “g” h": `{a: "“b”\n", c: "d “e”", f: “g” h}`,
		"a: x#c\nb: \"x\" # c":              `{a: x#c, b: "x"}`,
		"[-1, \"-\", a-]":                   `[-1, "-", a-]`,
	} {
		root, findings := syntax.Parse("a.yaml", []byte(text))
		if got := written(root); len(findings) > 0 || got != want {
			t.Errorf("%q: %s, want %s, %v", text, got, want, findings)
		}
	}
}

// written writes a tree on one line.
func written(n *syntax.Node) string {
	var parts []string
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == syntax.Map:
		for _, p := range n.Pairs {
			parts = append(parts, strings.ReplaceAll(p.Key, "\n", `\n`)+": "+written(p.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case n.Kind == syntax.List:
		for _, item := range n.Items {
			parts = append(parts, written(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case n.Quoted:
		return strconv.Quote(n.Text)
	}
	return n.Text
}

func TestAFindingIsShownWithItsLine(t *testing.T) {
	t.Parallel()
	f := syntax.Finding{Pos: syntax.Pos{File: "a.yaml", Line: 2, Col: 4, Len: 2}, Code: "OA101", Message: "unknown key",
		Help: "leave it out"}
	want := "a.yaml:2:4: error[OA101]: unknown key\n    2 | 日b\u0301xyz\n      |    ^^\n      = leave it out"
	if got := syntax.Show(f, "one\r\n日b\u0301xyz\r\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	f.Line = 9
	if got := syntax.Show(f, "one"); got != "a.yaml:9:4: error[OA101]: unknown key\n      = leave it out" {
		t.Errorf("%s", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: {c: ${vars.x}}", "a: &x {b: [*x, 'é']}\nc: |\n  d\n", "- a\n - b\n  -c",
		"steps:\n  - x: 0042\n    y:\n", "? a\n: b\n...\n---\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			return
		}
		root, findings := syntax.Parse("a.yaml", text)
		if root == nil && len(findings) == 0 {
			t.Error("nothing came of it")
		}
		lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), "\n")
		inside := func(p syntax.Pos) {
			if p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Len < 1 || p.Col > utf8.RuneCountInString(lines[p.Line-1])+1 {
				t.Errorf("%d:%d, %d long, lies outside", p.Line, p.Col, p.Len)
			}
		}
		for _, finding := range findings {
			inside(finding.Pos)
			syntax.Show(finding, string(text))
		}
		if root != nil {
			walk(root, inside)
		}
	})
}

func walk(n *syntax.Node, see func(syntax.Pos)) {
	see(n.Pos)
	for _, p := range n.Pairs {
		see(p.At)
		walk(p.Value, see)
	}
	for _, item := range n.Items {
		walk(item, see)
	}
}

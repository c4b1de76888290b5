package syntax_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/scenarios/syntax"
)

// units are texts to repeat; each is expensive for some part of a YAML parser.
var units = []string{
	"[", "{", "]", "- ", "? ", ": ", "a: ", `"`, "'", "#", "\n", " \n", "# c\n", "a\n", "a: 1\n", "- 1\n", "-\n",
	"- - 1\n", " ", "\t", "|\n", ">\n", "&a ", "*a ", "!a ",
	"a,", "[a,", "{a: 1}, ", "a: {", "- a\n ", "a: |\n  b\n", "  b\n", "  b\n\n", "- 'x'\n", "\r\n", "---\n", "...\n",
	"%a\n", "<<: ", "'a\n'\n", "x: \"a\n\n\"\n", "- # c\n",
	"ü ", "@", "${", "a: ${b}\n", "- a: 1\n  b: 2\n", "\\n", "a:\n - b:\n", "&a a: *a\n",
}

func TestHostileTextsAreJudgedInTheTimeOfALongStory(t *testing.T) {
	t.Parallel()
	bytes, most := 10_000, 5*time.Second
	if os.Getenv("OFFAUTH_LONG") != "" {
		bytes, most = 990_000, 20*time.Second
	}
	for _, before := range []string{"", "[", "a: |\n ", "a: |\n  x\n", "a: \"", "a: '", "a: ", "- "} {
		for _, unit := range units {
			text := before + strings.Repeat(unit, bytes/len(unit))
			began := time.Now()
			root, findings := syntax.Parse("hostile.yaml", []byte(text))
			if took := time.Since(began); took > most {
				t.Errorf("%q and then %q took %v", before, unit, took)
			} else if took > time.Second {
				t.Logf("%q and then %q took %v", before, unit, took)
			}
			if root == nil && len(findings) == 0 {
				t.Errorf("%q and then %q gave nothing and no finding", before, unit)
			}
		}
	}
}

func TestDepthAndAliasesAreBounded(t *testing.T) {
	t.Parallel()
	bomb := "x-0: &a0 [a, a]\n"
	for i := 1; i < 40; i++ {
		bomb += fmt.Sprintf("x-%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	deep := ""
	for i := range 100 {
		deep += strings.Repeat(" ", i) + "a:\n"
	}
	for name, text := range map[string]string{
		"aliases":       bomb,
		"brackets":      strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"braces":        "a: " + strings.Repeat("{a: ", 100) + strings.Repeat("}", 100),
		"indentation":   deep,
		"dashes":        strings.Repeat("- ", 100) + "a",
		"nodes":         strings.Repeat("- ["+strings.Repeat("a, ", 400)+"a]\n", 400),
		"members":       strings.Repeat("- a\n", 6_000),
		"keys":          strings.Repeat("a: 1\n", 6_000),
		"bytes":         strings.Repeat("a", 1_000_001),
		"blank lines":   "a: |\n  b" + strings.Repeat("\n", 10_000),
		"blank indents": "a: |\n  b\n" + strings.Repeat("  \n", 10_000),
	} {
		_, findings := syntax.Parse("x", []byte(text))
		if len(findings) != 1 || findings[0].Code != "OA004" {
			t.Errorf("%s: %v", name, findings)
		}
	}
}

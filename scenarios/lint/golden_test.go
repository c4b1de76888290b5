package lint_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

//go:generate go test . -run TestEachMistakeIsFoundOnceAndInItsPlace -update

var update = flag.Bool("update", false, "rewrite what the tests compare with")

func TestEachMistakeIsFoundOnceAndInItsPlace(t *testing.T) {
	t.Parallel()
	fsys := os.DirFS("testdata/invalid")
	names, err := fs.Glob(fsys, "*.scenario.yaml")
	if err != nil || len(names) < 40 {
		t.Fatal(len(names), err)
	}
	seen := map[string]bool{}
	for _, name := range names {
		story, findings := lint.Load(fsys, name)
		if (story == nil) != syntax.Wrong(findings) {
			t.Errorf("%s: a story: %v, findings: %v", name, story != nil, findings)
		}
		var b strings.Builder
		for _, f := range findings {
			seen[f.Code] = true
			text, err := fs.ReadFile(fsys, f.File)
			if err != nil && f.Code != "OA105" {
				t.Errorf("%v: %v", f, err)
			}
			b.WriteString(syntax.Show(f, string(text)) + "\n")
		}
		golden := filepath.Join("testdata/invalid", strings.TrimSuffix(name, ".yaml")+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs; if it is right, run: go generate ./scenarios/lint\n-want\n%s+got\n%s", name, want, b.String())
		}
	}
	for _, code := range strings.Fields(`OA001 OA002 OA003 OA101 OA103 OA104
		OA105 OA106 OA107 OA201 OA202 OA203 OA204 OA205 OA206 OA207 OA208 OA210
		OA301 OA302 OA303 OA304 OA305 OA306 OA307 OA308 OA309 OA310 OA311 OA401 OA402 OA403 OA404`) {
		if !seen[code] {
			t.Errorf("no file has %s", code)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, dir := range []string{"testdata/valid", "testdata/invalid"} {
		names, err := fs.Glob(os.DirFS(dir), "*.scenario.yaml")
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	base := os.DirFS("testdata/valid")
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 8192 {
			return
		}
		story, findings := lint.Load(over{base, "fuzz.scenario.yaml", text}, "fuzz.scenario.yaml")
		if (story == nil) != syntax.Wrong(findings) {
			t.Errorf("a story: %v, findings: %v", story != nil, findings)
		}
		lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), "\n")
		for _, f := range findings {
			if f.File == "fuzz.scenario.yaml" && (f.Line < 1 || f.Line > len(lines) || f.Col < 1 ||
				f.Col > utf8.RuneCountInString(lines[f.Line-1])+1) {
				t.Errorf("%v lies outside", f)
			}
			if strings.Contains(f.Message+f.Help, "\n") {
				t.Errorf("%v: more than one line", f)
			}
		}
		if laid, wrong := lint.Format("a", text); len(wrong) == 0 {
			if twice, wrong := lint.Format("a", laid); len(wrong) > 0 || string(twice) != string(laid) {
				t.Errorf("formatted twice it changes: %v\n%q\n%q", wrong, laid, twice)
			}
		}
	})
}

func TestATagUsedOnceIsALikelySlip(t *testing.T) {
	t.Parallel()
	tagged := func(tags ...string) *story.Story { return &story.Story{Tags: tags} }
	findings := lint.Suite([]*story.Story{tagged("smoke", "pins"), tagged("smoke"), tagged("somke"), tagged("unlike")})
	if len(findings) != 1 || findings[0].Code != "OA405" || !strings.Contains(findings[0].Message, "somke") ||
		!findings[0].Warning() {
		t.Errorf("%v", findings)
	}
}

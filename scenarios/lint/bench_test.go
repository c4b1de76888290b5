package lint_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/syntax"
)

// over is a file system with one file added or replaced.
type over struct {
	fs.FS
	name string
	text []byte
}

func (o over) Open(name string) (fs.File, error) {
	if name == o.name {
		return fstest.MapFS{name: {Data: o.text}}.Open(name)
	}
	return o.FS.Open(name)
}

// suite is a thousand stories with their fixtures in memory.
func suite(t testing.TB) (fstest.MapFS, []string) {
	t.Helper()
	fsys, names := fstest.MapFS{}, []string{}
	for _, pattern := range []string{"*.scenario.yaml", "fixtures/*.yaml"} {
		found, err := fs.Glob(os.DirFS("testdata/valid"), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			text, err := fs.ReadFile(os.DirFS("testdata/valid"), name)
			if err != nil {
				t.Fatal(err)
			}
			fsys[name] = &fstest.MapFile{Data: text}
			if pattern == "*.scenario.yaml" {
				names = append(names, name)
			}
		}
	}
	stories := names
	for i := len(names); i < 1000; i++ {
		of := stories[i%len(stories)]
		name := fmt.Sprintf("%d-%s", i, of)
		fsys[name] = &fstest.MapFile{Data: bytes.Clone(fsys[of].Data)}
		names = append(names, name)
	}
	return fsys, names
}

// parseAll only parses the YAML of a story and its fixtures, as the baseline.
func parseAll(t testing.TB, fsys fstest.MapFS, name string) {
	fixture := "fixtures/hypr-paired.fixture.yaml"
	if bytes.Contains(fsys[name].Data, []byte("encap-ready")) {
		fixture = "fixtures/encap-ready.fixture.yaml"
	}
	files := []string{name, fixture}
	if !bytes.Contains(fsys[name].Data, []byte("use:")) {
		files = files[:1]
	}
	for _, file := range files {
		if root, _ := syntax.Parse(file, fsys[file].Data); root == nil {
			t.Fatal(file)
		}
	}
}

func BenchmarkLint(b *testing.B) {
	fsys, names := suite(b)
	var parse time.Duration
	for i := 0; b.Loop(); i++ {
		name := names[i%len(names)]
		b.StopTimer()
		began := time.Now()
		parseAll(b, fsys, name)
		parse += time.Since(began)
		b.StartTimer()
		lint.Load(fsys, name)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(parse), "times-parsing")
}

func TestPerfLintingTakesAtMostTwiceTheTimeOfParsing(t *testing.T) {
	if os.Getenv("OFFAUTH_LONG") == "" {
		t.Skip("OFFAUTH_LONG is not set")
	}
	fsys, names := suite(t)
	best := 0.0
	for range 5 {
		began := time.Now()
		for _, name := range names {
			parseAll(t, fsys, name)
		}
		parse := time.Since(began)
		began = time.Now()
		for _, name := range names {
			if story, findings := lint.Load(fsys, name); story == nil {
				t.Fatal(findings)
			}
		}
		if ratio := float64(time.Since(began)) / float64(parse); best == 0 || ratio < best {
			best = ratio
		}
		t.Logf("parsing %v, linting %v", parse, time.Since(began))
	}
	if best > 2 {
		t.Errorf("linting takes %.2f times as long as parsing", best)
	}
}

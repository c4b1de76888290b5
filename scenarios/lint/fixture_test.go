package lint_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/offauth/offauth/scenarios/lint"
)

func TestAFixtureIsJudgedByItself(t *testing.T) {
	t.Parallel()
	fsys := os.DirFS("testdata/valid")
	names, err := fs.Glob(fsys, "fixtures/*"+lint.FixtureSuffix)
	if err != nil || len(names) < 2 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if findings := lint.Fixture(fsys, name); len(findings) > 0 {
			t.Errorf("%v", findings)
		}
	}
	for text, want := range map[string]string{
		"profile: hypr\nsetup:\n  - device unlok:\n": "OA101",
		"setup: [{wait: \"${case.x}\"}]\n":           "",
		"profile: hypr\nsetup:\n  - wait: ${case.x}\n" +
			"  - device unlock: {by: pixel}\n  - workstation login: {pin: \"${vars.x}\"}\n": "",
		"profile: hypr\nsteps: []\n":        "OA101",
		"profile: hypr\nsetup: [{wait: 5}]": "OA202",
	} {
		findings := lint.Fixture(fstest.MapFS{"a.fixture.yaml": {Data: []byte("offauth: fixture/v1\n" + text)}},
			"a.fixture.yaml")
		codes := ""
		for _, f := range findings {
			codes += f.Code
		}
		if codes != want {
			t.Errorf("%q: %v, want %s", text, findings, want)
		}
	}
	if findings := lint.Fixture(fstest.MapFS{"a": {Data: []byte("offauth: scenario/v1\n")}}, "a"); len(findings) != 1 ||
		!strings.Contains(findings[0].Message, "where a fixture") {
		t.Errorf("%v", findings)
	}
}

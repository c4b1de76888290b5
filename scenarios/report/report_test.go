package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offauth/offauth/scenarios/report"
	"github.com/offauth/offauth/scenarios/run"
)

//go:generate go test . -update

var update = flag.Bool("update", false, "rewrite what the tests compare with")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if wanted := strings.ReplaceAll(string(want), "\r\n", "\n"); got != wanted {
		t.Errorf("%s differs; if it is right, run: go generate ./scenarios/report. Got:\n%s", name, got)
	}
}

func write(t *testing.T, kind report.Kind, r run.Report, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, kind, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEachKindOfReportIsItsGolden(t *testing.T) {
	t.Parallel()
	for _, kind := range report.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			golden(t, string(kind)+".golden", write(t, kind, sample(), options))
		})
	}
}

func TestVerboseTextShowsEveryInstanceAndItsCourse(t *testing.T) {
	t.Parallel()
	o := options
	o.Verbose, o.Last, o.Seeded = true, 2, true
	shuffle := uint64(17)
	r := sample()
	r.Shuffle = &shuffle
	golden(t, "verbose.golden", write(t, report.Text, r, o))
}

func TestColourIsNeverTheOnlySign(t *testing.T) {
	t.Parallel()
	o := options
	o.Colour = true
	coloured := write(t, report.Text, sample(), o)
	if !strings.Contains(coloured, "\x1b[31m") {
		t.Error("there is no colour")
	}
	plain := coloured
	for _, code := range []string{"0", "1", "31", "32", "33"} {
		plain = strings.ReplaceAll(plain, "\x1b["+code+"m", "")
	}
	if want := write(t, report.Text, sample(), options); plain != want {
		t.Errorf("without its colours the text is another:\n%s", plain)
	}
}

// TestNoControlCharacterOfAStoryReachesAReport_E12 uses names and texts with characters
// that could control a terminal or break XML.
func TestNoControlCharacterOfAStoryReachesAReport_E12(t *testing.T) {
	t.Parallel()
	for _, kind := range report.Kinds() {
		o := options
		o.Verbose = true
		text := write(t, kind, sample(), o)
		if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }); i >= 0 {
			t.Errorf("%s has %q in %q", kind, text[i], text[max(0, i-20):i+1])
		}
	}
}

func TestTheJSONReportIsAsItsSchemaSays(t *testing.T) {
	t.Parallel()
	var schema, document any
	decode(t, report.Schema(), &schema)
	decode(t, write(t, report.JSON, sample(), options), &document)
	if problems := check(schema, schema, document, "$"); len(problems) > 0 {
		t.Errorf("%q", problems)
	}
	// The schema must find a missing field, a wrong type and an unknown status.
	for _, spoil := range []func(result map[string]any){
		func(r map[string]any) { delete(r, "hash") },
		func(r map[string]any) { r["line"] = "3" },
		func(r map[string]any) { r["status"] = "fine" },
	} {
		decode(t, write(t, report.JSON, sample(), options), &document)
		spoil(document.(map[string]any)["results"].([]any)[1].(map[string]any))
		if problems := check(schema, schema, document, "$"); len(problems) != 1 {
			t.Errorf("the schema finds %q", problems)
		}
	}
}

func decode(t *testing.T, text string, into *any) {
	t.Helper()
	*into = nil
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func TestJUnitCountsWhatItLists(t *testing.T) {
	t.Parallel()
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Cases []struct {
				Name     string     `xml:"name,attr"`
				Class    string     `xml:"classname,attr"`
				Failures []struct{} `xml:"failure"`
				Errors   []struct{} `xml:"error"`
				Skipped  *struct{}  `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	d := xml.NewDecoder(strings.NewReader(write(t, report.JUnit, sample(), options)))
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 7 || got.Failures != 2 || got.Errors != 1 || got.Skipped != 3 || len(got.Suites) != 7 {
		t.Errorf("%+v", got)
	}
	bad := got.Suites[1].Cases[0]
	if bad.Class != "scenarios.hypr-pins-run-out" || len(bad.Failures) != 3 || bad.Skipped != nil {
		t.Errorf("%+v", bad)
	}
}

func TestTAPHasAPointForEachResultOfItsPlan(t *testing.T) {
	t.Parallel()
	points := 0
	for _, l := range strings.Split(write(t, report.TAP, sample(), options), "\n") {
		if strings.HasPrefix(l, "ok ") || strings.HasPrefix(l, "not ok ") {
			points++
		}
	}
	if points != len(sample().Results) {
		t.Errorf("%d points", points)
	}
}

func TestATextCannotBecomeACommandOfGitHub(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Results[1].Failures[0].What = "a\n::error::b%0Ac"
	r.Results[1].ID = "x,file=/etc/passwd::y"
	for _, l := range strings.Split(strings.TrimSuffix(write(t, report.GitHub, r, options), "\n"), "\n") {
		if !strings.HasPrefix(l, "::error file=scenarios/") && !strings.HasPrefix(l, "::error file=gone.yaml") &&
			!strings.HasPrefix(l, "::notice title=") {
			t.Errorf("%q", l)
		}
		if properties, _, _ := strings.Cut(l[2:], "::"); strings.Contains(properties, "x,file=") ||
			strings.Contains(l, "b%0Ac") {
			t.Errorf("%q", l)
		}
	}
}

func TestTheSameEventsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	slow := sample()
	slow.Wall *= 5
	for i := range slow.Results {
		slow.Results[i].Wall *= 3
	}
	if write(t, report.Events, sample(), options) != write(t, report.Events, slow, report.Options{}) {
		t.Error("the events depend on how long it took")
	}
}

func TestOnlyARunInWhichSomethingPassedIsWhole(t *testing.T) {
	t.Parallel()
	of := func(all ...run.Status) run.Report {
		var r run.Report
		for _, s := range all {
			r.Results = append(r.Results, run.Result{Status: s})
		}
		return r
	}
	for _, row := range []struct {
		r    run.Report
		want bool
	}{
		{of(run.Passed), false}, {of(run.Passed, run.Skipped, run.XFailed), false}, {of(run.Passed, run.NotRun), false},
		{of(), true}, {of(run.NotRun), true}, {of(run.Passed, run.Failed), true}, {of(run.Passed, run.Errored), true},
		{of(run.XPassed), true},
	} {
		if got := report.Broken(row.r); got != row.want {
			t.Errorf("%v: %v", row.r, got)
		}
	}
	if report.Panicked(of(run.Errored)) || !report.Panicked(sample()) {
		t.Error("a panic is told from another error by its code")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestAReportThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	for _, kind := range report.Kinds() {
		if err := report.Write(full{}, kind, sample(), options); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if err := report.Write(io.Discard, "sarif", sample(), options); err == nil || report.Known("sarif") {
		t.Error("there is no report of the kind sarif")
	}
}

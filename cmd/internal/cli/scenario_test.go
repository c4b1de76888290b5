package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/cli/scenario"
	reports "github.com/offauth/offauth/scenarios/report"
)

func TestScenarioRunRefusesWhatItCannotMean(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ args, want string }{
		{"--set hypr.pins.count", "--set wants KEY=VALUE"},
		{"--set hypr.pins.cuont=50", "no setting is called"},
		{"--set hypr.profile=new", "--set: hypr.profile accepts classic or current, not new"},
		{"--set hypr.pins.count=50 --update", "--update writes what the files say"},
		{"--update --library", "the library is built in"},
		{"--report junit", "--report wants KIND=FILE"},
		{"--report junti=x", `there is no report of the kind "junti"`},
		{"--report tap=- --report json=-", "two reports cannot both go to -"},
		{"--report tap=- --github", "two reports cannot both go to -"},
		{"--shuffle=x", "--shuffle wants a number"},
		{"--parallel 0", "--repeat, --parallel and --log are at least 1"},
		{"--invariants no_such", `no invariant is called "no_such"`},
		{"--no-invariants --invariants all", "--no-invariants checks none"},
	} {
		if got := refusedLine(append([]string{"scenario", "run"}, strings.Fields(row.args)...)...); !strings.Contains(got,
			row.want) {
			t.Errorf("%q: %q, want %q", row.args, got, row.want)
		}
	}
}

// TestScenarioCommandsOpenNoWorldAndNoKeyring runs them with an unreadable home
// and a keyring that must not be used.
func TestScenarioCommandsOpenNoWorldAndNoKeyring(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, args := range [][]string{
		{"scenario", "run", "--library", "hypr-first-pin"}, {"scenario", "lint", "--library"},
		{"scenario", "list", "--library"},
		{"scenario", "show", "hypr-first-pin"}, {"scenario", "explain", "hypr-first-pin"},
		{"scenario", "coverage", "--library", "hypr-first-pin"},
		{"scenario", "schema"}, {"scenario", "new", "x", "--profile", "hypr", "--out", "-"},
	} {
		var out, errs bytes.Buffer
		d := f.deps(&out, &errs)
		d.Keyring = nil
		d.DataDir = nil
		d.LookupEnv = func(name string) (string, bool) {
			if name != "NO_COLOR" {
				t.Errorf("%v reads %s", args, name)
			}
			return "", false
		}
		if code := Run(t.Context(), d, args); code != 0 {
			t.Errorf("%v: exit code %d: %s%s", args, code, out.String(), errs.String())
		}
	}
	if left := files(t, f.home); len(left) > 0 {
		t.Errorf("they leave %v", left)
	}
}

// TestAnInterruptedRunStillWritesItsReports cancels it before it begins: what
// was not run is not passed, and every report is whole.
func TestAnInterruptedRunStillWritesItsReports(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	args := []string{"scenario", "run", "--library", "hypr-first-pin"}
	for _, kind := range reports.Kinds() {
		args = append(args, "--report", string(kind)+"="+filepath.Join(dir, string(kind)))
	}
	var out, errs bytes.Buffer
	d := f.deps(&out, &errs)
	now := d.Now
	calls := 0
	d.Now = func() time.Time {
		if calls++; calls == 2 { // the run has begun
			stop()
		}
		return now()
	}
	if code := Run(ctx, d, append(args, "-j", "1")); code != int(authn.ExitCancelled) {
		t.Errorf("exit code %d: %s%s", code, out.String(), errs.String())
	}
	if !strings.Contains(out.String(), "0 passed, 0 failed, 0 errors, 0 skipped, 1 not run") {
		t.Errorf("stdout %q", out.String())
	}
	for _, kind := range reports.Kinds() {
		text, err := os.ReadFile(filepath.Join(dir, string(kind)))
		if err != nil || len(text) == 0 && kind != reports.Events {
			t.Errorf("%s: %q, %v", kind, text, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != len(reports.Kinds()) {
		t.Errorf("%v, %v", left, err)
	}
}

func TestAReportThatCannotBeWrittenIsFoundBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	dir := t.TempDir()
	good := filepath.Join(dir, "good.json")
	for _, bad := range []string{filepath.Join(dir, "none", "x.xml"), dir} {
		code, out, errs := f.run(t.Context(), "scenario", "run", "--library", "--report", "json="+good, "--report",
			"junit="+bad)
		if code != int(authn.ExitUsage) || out != "" || !strings.HasPrefix(errs, "error: the report cannot be written: ") ||
			!strings.Contains(errs, bad) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", bad, code, out, errs)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

// pinLike matches a PIN of eight symbols of H13.
var pinLike = regexp.MustCompile(`\b[2-9A-HJKMNP-Z]{8}\b`)

func TestNoReportHoldsASecret_A9(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	dir := t.TempDir()
	args := []string{"scenario", "run", "--library", "hypr-first-pin", "-v"}
	for _, kind := range reports.Kinds() {
		args = append(args, "--report", string(kind)+"="+filepath.Join(dir, string(kind)))
	}
	text := f.ok(args...)
	for _, kind := range reports.Kinds() {
		b, err := os.ReadFile(filepath.Join(dir, string(kind)))
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	text += f.ok("scenario", "explain", "hypr-first-pin")
	if pins := pinLike.FindAllString(text, -1); len(pins) > 0 {
		t.Errorf("there is %v", pins)
	}
	if !strings.Contains(text, "<pin#1 len 8>") {
		t.Error("no PIN was shown at all")
	}
}

func TestTheEventsOfAFileAreTheSameBytesInEveryOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var all []string
	for _, more := range [][]string{{"-j", "1"}, {"-j", "4"}, {"-j", "3", "--shuffle=5"}} {
		args := append([]string{"scenario", "run", "--library", "--tags", "five-second-rule", "--report", "events=-", "-q"},
			more...)
		all = append(all, f.ok(args...))
	}
	if all[0] == "" || all[0] != all[1] || all[0] != all[2] {
		t.Errorf("they differ: %d, %d and %d bytes", len(all[0]), len(all[1]), len(all[2]))
	}
}

// TestEveryCodeOfAFindingIsExplained compares the table with the codes of the
// linter, both ways.
func TestEveryCodeOfAFindingIsExplained(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`"(OA[0-9]{3})"`)
	given := map[string]bool{}
	for _, s := range sources(t) {
		if strings.HasPrefix(s.pkg, "scenarios/lint") || s.pkg == "scenarios/syntax" {
			for _, m := range code.FindAllStringSubmatch(s.text, -1) {
				given[m[1]] = true
			}
		}
	}
	var explained []string
	for _, f := range scenario.Findings {
		explained = append(explained, f.Code)
		if !given[f.Code] {
			t.Errorf("%s is explained, and nothing gives it", f.Code)
		}
	}
	for c := range given {
		if !slices.Contains(explained, c) {
			t.Errorf("%s is given, and not explained", c)
		}
	}
	if len(given) < 20 || !slices.IsSorted(explained) {
		t.Errorf("the codes are %v", explained)
	}
}

package report_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/offauth/offauth/scenarios/report"
	"github.com/offauth/offauth/scenarios/syntax"
)

func findings() []syntax.Finding {
	return []syntax.Finding{
		{Pos: at("bad.yaml", 1, 1, 3), Code: "OA101", Message: `unknown key "tag" in scenario`, Help: `did you mean "tags"?`},
		{Pos: at("bad.yaml", 2, 3, 40), Code: "OA202", Message: "wait must be a duration, 50% sure"},
		{Pos: at("bad.yaml", 3, 9, 5), Code: "OA104", Message: "unquoted \x1b"},
		{Pos: at("long.yaml", 1, 300, 4), Code: "OA402", Message: "name and file differ", Help: "rename it"},
		{Pos: at("long.yaml", 9, 1, 1), Code: "OA402", Message: "a line that is not there"},
	}
}

func TestEachFormOfFindingsIsItsGolden(t *testing.T) {
	t.Parallel()
	o := report.Options{Sources: map[string]string{
		"bad.yaml":  "tag: [hypr]\n\t\twait: 5\r\nkey:\t\x1b[31mred\n",
		"long.yaml": strings.Repeat("abcdefghi ", 29) + "         here " + strings.Repeat("0123456789", 9),
	}}
	for _, form := range report.Forms() {
		var b bytes.Buffer
		if err := report.WriteFindings(&b, form, findings(), o); err != nil {
			t.Fatal(err)
		}
		golden(t, "findings-"+string(form)+".golden", b.String())
		if i := strings.IndexFunc(b.String(), func(r rune) bool { return r < ' ' && r != '\n' }); i >= 0 {
			t.Errorf("%s has a control character", form)
		}
	}
	if err := report.WriteFindings(io.Discard, "sarif", findings(), o); err == nil {
		t.Error("there is no form sarif")
	}
}

func TestFindingsAreCountedByWhatTheyAre(t *testing.T) {
	t.Parallel()
	all := findings()
	for _, row := range []struct {
		of   []syntax.Finding
		want string
	}{
		{all, "3 problems and 2 warnings in 2 files"}, {all[:1], "1 problem in 1 file"}, {all[3:4], "1 warning in 1 file"},
	} {
		if got := report.FindingsSummary(row.of); got != row.want {
			t.Errorf("%q, want %q", got, row.want)
		}
	}
}

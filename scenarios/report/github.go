package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/syntax"
)

// writeGitHub writes a workflow command for each failure, and a notice with
// the summary.
func writeGitHub(w io.Writer, r run.Report, o Options) error {
	var b strings.Builder
	for _, one := range r.Results {
		if !wrong(one.Status) {
			continue
		}
		title := name(one, repeated(r)) + ": " + verdict(one.Status)
		all := failures(one)
		if len(all) == 0 {
			b.WriteString(annotation("error", syntax.Pos{File: one.Path, Line: one.Line}, title,
				line(orWord(one.Reason, string(one.Status)))))
		}
		for _, f := range all {
			text := message(f)
			if again := o.rerun(one); again != "" {
				text += "\n" + again
			}
			b.WriteString(annotation("error", f.Pos, title, text))
		}
	}
	b.WriteString(annotation("notice", syntax.Pos{}, "offauth scenario run", Summary(r)))
	_, err := io.WriteString(w, b.String())
	return err
}

func orWord(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

// annotation returns one GitHub workflow command. Special characters are
// escaped, so that a text cannot inject a command.
func annotation(level string, at syntax.Pos, title, text string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var parts []string
	add := func(key, value string) { parts = append(parts, key+"="+property.Replace(value)) }
	if at.File != "" {
		add("file", line(at.File))
	}
	if at.Line > 0 {
		add("line", fmt.Sprint(at.Line))
	}
	if at.Line > 0 && at.Col > 0 {
		add("col", fmt.Sprint(at.Col))
		add("endColumn", fmt.Sprint(at.Col+max(at.Len, 1)))
	}
	add("title", line(title))
	return "::" + level + " " + strings.Join(parts, ",") + "::" + data.Replace(text) + "\n"
}

package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Form is how findings are written.
type Form string

// The forms of findings. Long is Text with the line and its carets.
const (
	Long        Form = "text"
	Short       Form = "short"
	Objects     Form = "json"
	Annotations Form = "github"
)

// Forms returns every form of findings.
func Forms() []Form { return []Form{Long, Short, Objects, Annotations} }

// Finding is a finding as JSON has it.
type Finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Length   int    `json:"length"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Help     string `json:"help"`
}

// FindingOf returns a finding as JSON has it.
func FindingOf(f syntax.Finding) Finding {
	return Finding{f.File, f.Line, f.Col, f.Len, severity(f), f.Code, f.Message, f.Help}
}

func severity(f syntax.Finding) string {
	if f.Warning() {
		return "warning"
	}
	return "error"
}

// WriteFindings writes findings in a format, in their order.
func WriteFindings(w io.Writer, form Form, findings []syntax.Finding, o Options) error {
	var b strings.Builder
	switch form {
	case Long:
		longFindings(&b, findings, o)
	case Short:
		for _, f := range findings {
			b.WriteString(line(f.Error()) + "\n")
		}
	case Objects:
		enc := json.NewEncoder(visibleJSON{&b})
		enc.SetEscapeHTML(false)
		for _, f := range findings {
			if err := enc.Encode(FindingOf(f)); err != nil {
				return err
			}
		}
	case Annotations:
		for _, f := range findings {
			text := line(f.Message)
			if f.Help != "" {
				text += "\n" + line(f.Help)
			}
			b.WriteString(annotation(severity(f), f.Pos, f.Code, text))
		}
	default:
		return fmt.Errorf("there are no findings of the form %q", form)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// longFindings shows the line of each finding.
func longFindings(b *strings.Builder, findings []syntax.Finding, o Options) {
	p := palette(o.Colour)
	for _, f := range findings {
		b.WriteString(p.bold(line(f.Error())) + "\n")
		for _, l := range excerpt(o.Sources, f.Pos, p) {
			b.WriteString(l + "\n")
		}
		if f.Help != "" {
			b.WriteString("      = " + line(f.Help) + "\n")
		}
	}
	if len(findings) > 0 {
		b.WriteString(FindingsSummary(findings) + "\n")
	}
}

// FindingsSummary counts findings: "19 problems in 1 file".
func FindingsSummary(findings []syntax.Finding) string {
	files := map[string]bool{}
	warnings := 0
	for _, f := range findings {
		files[f.File] = true
		if f.Warning() {
			warnings++
		}
	}
	text := authn.Counted(len(findings)-warnings, "problem")
	switch {
	case warnings > 0 && warnings == len(findings):
		text = authn.Counted(warnings, "warning")
	case warnings > 0:
		text += " and " + authn.Counted(warnings, "warning")
	}
	return text + " in " + authn.Counted(len(files), "file")
}

package syntax

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Finding is one mistake in one place of a file.
type Finding struct {
	Pos
	// Code is one of OA001 to OA405; those from OA401 are warnings.
	Code string
	// Message describes the mistake and Help how to fix it; Help may be empty. Both are
	// one line.
	Message, Help string
}

// Warning reports whether the file can be played in spite of the finding.
func (f Finding) Warning() bool { return strings.HasPrefix(f.Code, "OA4") }

// Error returns the finding on one line: file:line:col: error[code]: message.
func (f Finding) Error() string {
	severity := "error"
	if f.Warning() {
		severity = "warning"
	}
	return fmt.Sprintf("%s:%d:%d: %s[%s]: %s", f.File, f.Line, f.Col, severity, f.Code, f.Message)
}

// Sort sorts findings by position.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Code, b.Code))
	})
}

// Wrong reports whether any of the findings is an error, not a warning.
func Wrong(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return !f.Warning() })
}

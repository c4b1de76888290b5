package player

import (
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Instance is a story with one row of its table and one point of its matrix.
type Instance struct {
	// ID is stable: NAME, NAME[case], NAME[axis=value] or NAME[case,axis=value].
	ID    string
	Story *story.Story
	// Case is nil without a table.
	Case *story.Case
	// Point has a value for each axis, in the order of the file.
	Point []story.Entry
	// Set are settings that override the story's policy, with full keys.
	Set []authn.Setting
}

// Skip returns the reason why the instance is not played, or "".
func (i Instance) Skip() string {
	if i.Case != nil && i.Case.Skip != "" {
		return i.Case.Skip
	}
	return i.Story.Skip
}

// XFail returns the expected failure of the instance, or nil.
func (i Instance) XFail() *story.XFail {
	if i.Case != nil && i.Case.XFail != nil {
		return i.Case.XFail
	}
	return i.Story.XFail
}

// Line returns the line of the instance in its file.
func (i Instance) Line() int {
	if i.Case != nil {
		return i.Case.Line
	}
	return i.Story.NamePos.Line
}

// entry returns the value with a name, and whether there is one.
func entry(entries []story.Entry, name string) (*syntax.Node, bool) {
	for _, e := range entries {
		if e.Name == name {
			return e.Value, true
		}
	}
	return nil, false
}

// dotted returns a path as it is written in the file.
func dotted(path []string) string { return strings.Join(path, ".") }

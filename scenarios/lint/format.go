package lint

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Format returns a file in the one layout, its keys in the order of the table
// and its comments kept. A file that is no YAML, or whose comments could not
// be kept, gets findings and no text. Formatting twice changes nothing more.
func Format(path string, text []byte) ([]byte, []syntax.Finding) {
	return syntax.Layout(path, text, rank)
}

// rank orders the keys of the places that have an order; settings, actors,
// vars and whatever else names things stay as they were written.
func rank(at []string, key string) (int, bool) {
	p, ok := placeAt(at)
	if !ok {
		return 0, false
	}
	for i, f := range p.Fields {
		if f.Name == key {
			return 2 * i, true
		}
	}
	if strings.HasPrefix(key, "x-") { // anchors come before what uses them
		i := slices.Index(p.Names(), "description")
		return 2*i + 1, true
	}
	return 2 * slices.Index(p.Names(), story.StepPhase), p.Name == "step" // a verb
}

// placeAt finds the place that keys lead to.
func placeAt(at []string) (shape.Place, bool) {
	if len(at) == 0 {
		return shape.Places()["scenario"], true
	}
	last := at[len(at)-1]
	switch {
	case last == "-" && slices.Contains([]string{"setup", "steps", "cleanup"}, at[len(at)-2]):
		return shape.Places()["step"], true
	case last == "expect" || last == "check":
		return shape.Places()[last], true
	case len(at) == 2 && at[0] == "fragments":
		return shape.Places()["fragment"], true
	case len(at) == 1:
		p, ok := shape.Places()[last]
		return p, ok && last != "scenario" && last != "step"
	}
	return shape.Place{}, false
}

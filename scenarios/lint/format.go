package lint

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Format returns a file in the standard layout, with its keys in the order of the
// table and all comments. For a file that is not YAML, or whose comments would be
// lost, it returns findings and no text. Formatting is idempotent.
func Format(path string, text []byte) ([]byte, []syntax.Finding) {
	return syntax.Layout(path, text, rank)
}

// rank returns the position of a key in the mappings that have an order. Settings,
// actors, vars and other names keep their order.
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
	if strings.HasPrefix(key, "x-") { // anchors come before their aliases
		i := slices.Index(p.Names(), "description")
		return 2*i + 1, true
	}
	return 2 * slices.Index(p.Names(), story.StepPhase), p.Name == "step" // a verb
}

// placeAt returns the place at a path of keys.
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

package coverage

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Named returns the rules that a story declares or expects, without
// duplicates, in the order of the rules.
func Named(s *story.Story) []authn.RuleID {
	n := named{}
	for _, id := range s.Rules {
		n[id] = true
	}
	n.node(s.Expect)
	for _, steps := range [][]story.Step{s.Setup, s.Steps, s.Cleanup} {
		n.steps(steps)
	}
	for _, f := range s.Fragments {
		n.steps(f.Steps)
	}
	for _, c := range s.Cases {
		for _, v := range c.Values {
			n.value(v.Name, v.Value)
		}
	}
	var ids []authn.RuleID
	for _, r := range authn.Rules() {
		if n[r.ID] {
			ids = append(ids, r.ID)
		}
	}
	return slices.Clip(ids)
}

// named collects rules.
type named map[authn.RuleID]bool

func (n named) steps(steps []story.Step) {
	for _, s := range steps {
		n.node(s.Expect)
		switch d := s.Body.(type) {
		case story.Check:
			n.node(d.What)
		case story.Repeat:
			n.steps(d.Steps)
		}
	}
}

func (n named) node(node *syntax.Node) {
	if node == nil {
		return
	}
	for _, p := range node.Pairs {
		n.value(p.Key, p.Value)
	}
	for _, item := range node.Items {
		n.node(item)
	}
}

func (n named) value(key string, value *syntax.Node) {
	if key == "rule" && value != nil && value.Kind == syntax.Text {
		n[authn.RuleID(value.Text)] = true
	}
	n.node(value)
}

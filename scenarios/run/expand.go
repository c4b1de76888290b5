package run

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// MaxInstances is the default limit of instances in a run.
const MaxInstances = 10_000

// ErrTooMany is returned if stories have more instances than allowed.
var ErrTooMany = errors.New("too many instances")

// Expand returns the instances of stories, sorted by ID: the rows of the table times
// the points of the matrix, without those that a row's "where" excludes. If there are
// more than limit (0 means MaxInstances), the error wraps ErrTooMany. A story without
// instances and a duplicate ID are errors as well.
func Expand(stories []*story.Story, limit int) ([]Instance, error) {
	if limit == 0 {
		limit = MaxInstances
	}
	var all []Instance
	for _, story := range stories {
		before := len(all)
		for _, point := range points(story.Axes, limit-len(all)) {
			all = append(all, rows(story, point)...)
		}
		switch {
		case len(all) == before:
			return nil, fmt.Errorf("%s has no instance: every row's where leaves out every point of the matrix", story.Path)
		case len(all) > limit:
			return nil, fmt.Errorf("%w: %s brings them over %d", ErrTooMany, story.Path, limit)
		}
	}
	slices.SortFunc(all, func(a, b Instance) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			return nil, fmt.Errorf("%s and %s both have an instance %s", all[i-1].Story.Path, all[i].Story.Path, all[i].ID)
		}
	}
	return all, nil
}

// points returns the points of a matrix, but at most one more than most.
func points(axes []story.Axis, most int) [][]story.Entry {
	all := [][]story.Entry{nil}
	for _, axis := range axes {
		var next [][]story.Entry
		for _, point := range all {
			for _, v := range axis.Values {
				if len(next) > most {
					break
				}
				next = append(next, append(slices.Clip(point), story.Entry{Name: axis.Name, At: axis.At, Value: v}))
			}
		}
		all = next
	}
	return all
}

// rows returns the instances of a story at one point.
func rows(s *story.Story, point []story.Entry) []Instance {
	if len(s.Cases) == 0 {
		return []Instance{{ID: name(s, nil, point), Story: s, Point: point}}
	}
	var all []Instance
	for i := range s.Cases {
		c := &s.Cases[i]
		if !slices.ContainsFunc(c.Where, func(w story.Entry) bool { return !at(point, w) }) {
			all = append(all, Instance{ID: name(s, c, point), Story: s, Case: c, Point: point})
		}
	}
	return all
}

// at reports whether a point has a value that a row's "where" allows.
func at(point []story.Entry, where story.Entry) bool {
	for _, e := range point {
		if e.Name != where.Name {
			continue
		}
		wanted := []*syntax.Node{where.Value}
		if where.Value.Kind == syntax.List {
			wanted = where.Value.Items
		}
		return slices.ContainsFunc(wanted, func(n *syntax.Node) bool {
			return n.Kind == e.Value.Kind &&
				spell(n) == spell(e.Value)
		})
	}
	return false
}

// name returns the ID of an instance: NAME[case,axis=value].
func name(story *story.Story, c *story.Case, point []story.Entry) string {
	var parts []string
	if c != nil {
		parts = append(parts, c.Name)
	}
	for _, e := range point {
		parts = append(parts, e.Name+"="+spell(e.Value))
	}
	if len(parts) == 0 {
		return story.Name
	}
	return story.Name + "[" + strings.Join(parts, ",") + "]"
}

// spell returns a value of an axis as it appears in an ID.
func spell(n *syntax.Node) string {
	parts := []string{}
	switch n.Kind {
	case syntax.List:
		for _, item := range n.Items {
			parts = append(parts, spell(item))
		}
		return strings.Join(parts, "+")
	case syntax.Map:
		for _, pair := range n.Pairs {
			parts = append(parts, pair.Key+":"+spell(pair.Value))
		}
		return strings.Join(parts, "+")
	case syntax.Null:
		return "null"
	case syntax.Int:
		if i, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
			return strconv.FormatInt(i, 10)
		}
	}
	return n.Text
}

package resolve

import (
	"strings"

	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// nodeSize is what a value counts beside its text, as in play.
const nodeSize = 16

// Size returns how large a value is once its references are put in, as far as
// that is known before play, and finds the innermost one that is too large:
// constants that name each other grow tenfold with each line.
func (l *References) Size(n *syntax.Node) int {
	if n == nil {
		return 0
	}
	if size, ok := l.Sizes[n]; ok {
		return size
	}
	l.Sizes[n] = 0 // of what names itself
	size, found := 0, false
	add := func(of int) {
		found = found || of > value.MaxSize
		size = min(size+of, value.MaxSize+1)
	}
	if n.Kind == syntax.Text {
		add(l.textSize(n, add))
	}
	for _, p := range n.Pairs {
		add(nodeSize)
		add(l.Size(p.Value))
	}
	for _, item := range n.Items {
		add(nodeSize)
		add(l.Size(item))
	}
	if size > value.MaxSize && !found {
		l.Found(n.Pos, "OA004", "", "this is larger than %d bytes once its references are put in", value.MaxSize)
	}
	l.Sizes[n] = size
	return size
}

// textSize adds what the references of a text stand for, and returns the length
// of what is written between them.
func (l *References) textSize(n *syntax.Node, add func(int)) int {
	if !strings.Contains(n.Text, "${") {
		return len(n.Text)
	}
	t, err := value.Parse(n.Text)
	if err != nil {
		return 0
	}
	length := 0
	for _, part := range t.Parts {
		length += len(part.Literal)
		if part.Expr == nil {
			continue
		}
		for _, term := range part.Expr.Terms {
			add(l.largest(term.Path))
		}
	}
	return length
}

// largest returns the size of what a path stands for: the largest of a column.
func (l *References) largest(path []string) int {
	most := 0
	for _, n := range l.valuesOf(path) {
		most = max(most, l.Size(n))
	}
	return most
}

// valuesOf lists the values of a column, an axis or a constant as they are
// written; nil for a row that lacks one.
func (l *References) valuesOf(path []string) []*syntax.Node {
	if len(path) != 2 {
		return nil
	}
	switch path[0] {
	case "case":
		values := make([]*syntax.Node, len(l.Cases))
		for i, row := range l.Cases {
			values[i] = row.Get(path[1])
		}
		return values
	case "matrix":
		for _, axis := range l.Axes {
			if axis.Name == path[1] {
				return axis.Values
			}
		}
	case "vars":
		if v := l.Vars[path[1]]; v != nil {
			return []*syntax.Node{v}
		}
	}
	return nil
}

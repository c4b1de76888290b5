package resolve

import (
	"strings"

	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// nodeSize is the size of a value in addition to its text, as in package eval.
const nodeSize = 16

// Size returns the size of a value with its references replaced, as far as it is
// known before play, and reports the innermost value that is too large. Vars that
// name each other can grow tenfold with each line.
func (l *References) Size(n *syntax.Node) int {
	if n == nil {
		return 0
	}
	if size, ok := l.Sizes[n]; ok {
		return size
	}
	l.Sizes[n] = 0 // for a value that refers to itself
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
		l.Foundf(n.Pos, "OA004", "", "this is larger than %d bytes once its references are put in", value.MaxSize)
	}
	l.Sizes[n] = size
	return size
}

// textSize adds the sizes of the references in a text, and returns the length of the
// text between them.
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

// largest returns the size of the largest value that a path may have.
func (l *References) largest(path []string) int {
	most := 0
	for _, n := range l.valuesOf(path) {
		most = max(most, l.Size(n))
	}
	return most
}

// valuesOf returns the nodes of the values of a column, axis or var; nil for a row
// without the column.
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

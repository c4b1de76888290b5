package syntax

import (
	"slices"
	"strings"
)

// Order returns the rank of a key in the mapping at a place, which is the path of keys
// above it, with "-" for an item of a list. ok is false if the mapping keeps its order.
type Order func(place []string, key string) (rank int, ok bool)

// Layout returns a file in the standard layout: keys in order, two blanks per level,
// lists indented below their key, at most one blank line, no trailing blanks. Text in
// braces, brackets and block scalars does not change, and neither do comments. If the
// layout would change comments or the meaning, it returns a finding instead.
func Layout(path string, text []byte, order Order) ([]byte, []Finding) {
	root, findings := Parse(path, text)
	if len(findings) > 0 {
		return nil, findings
	}
	clean, _ := readable(path, text)
	y := &layout{lines: strings.Split(clean, "\n"), comments: comments(clean), order: order}
	refused := []Finding{{Pos: root.Pos, Code: "OA001",
		Message: "this file cannot be laid out without a change of its meaning or comments",
		Help:    "put comments on lines of their own, and each key of a block on its own line"}}
	if root.Kind != Map || !y.block(root) {
		return nil, refused
	}
	top, first := y.marks(clean)
	last := len(y.lines)
	if y.lines[last-1] == "" { // after the last line break
		last--
	}
	written := blanks(append(top, y.mapping(root, first, last, 0, nil)...))
	written = slices.DeleteFunc(written, func(line string) bool { return line == endOfKept })
	formatted := strings.ReplaceAll(strings.Join(written, "\n")+"\n", kept, "")
	again, findings := Parse(path, []byte(formatted))
	switch {
	case len(findings) > 0 && strings.HasPrefix(findings[0].Message, noAnchor):
		return nil, []Finding{y.anchorMoved(path, findings[0])}
	case y.bad || len(findings) > 0 || !alike(root, again) || !slices.Equal(said(clean), said(formatted)):
		return nil, refused
	}
	return []byte(formatted), nil
}

// kept marks a blank line within a block scalar. endOfKept, which is not written, marks
// the end of a block scalar that keeps its trailing blank lines.
const (
	kept      = "\x00"
	endOfKept = "\x00\x00"
)

// layout rewrites the lines of a file.
type layout struct {
	lines []string
	// comments maps the lines of comments, from 1, to their columns.
	comments map[int]int
	order    Order
	bad      bool
}

// part is a pair or item with its lines: comments from head, its own from line to end.
type part struct {
	head, line, end int
	rank            int
	pair            Pair
	item            *Node
}

func (y *layout) line(n int) string { return y.lines[n-1] }

// lead returns the number of leading blanks of a line.
func lead(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// alone reports whether a line holds only a comment.
func (y *layout) alone(n int) bool {
	_, ok := y.comments[n]
	return ok && strings.HasPrefix(strings.TrimLeft(y.line(n), " \t"), "#")
}

// head returns the first of the comment lines directly above a line that are not
// indented deeper.
func (y *layout) head(line, floor, column int) int {
	first := line
	for n := line - 1; n >= floor; n-- {
		switch {
		case y.alone(n) && lead(y.line(n)) < column:
			first = n
		case strings.TrimSpace(y.line(n)) == "":
			if first == n+1 { // blank lines above stay above the comment
				first = n
			}
		default:
			return first
		}
		if first != n {
			return first
		}
	}
	return first
}

// block reports whether a mapping or list is a block that begins on a new line or after
// a dash.
func (y *layout) block(n *Node) bool {
	if n.Kind == Map && len(n.Pairs) > 0 || n.Kind == List && len(n.Items) > 0 {
		letters := []rune(y.line(n.Line))
		sign := letters[min(n.Col, len(letters))-1]
		return sign != '{' && sign != '[' && (n.Kind == Map || sign == '-')
	}
	return false
}

// mapping returns the lines of a block mapping, whose old lines are first to last.
func (y *layout) mapping(n *Node, first, last, indent int, place []string) []string {
	parts := make([]part, len(n.Pairs))
	floor := first
	for i, p := range n.Pairs {
		if p.At.Line < floor && i > 0 || p.At.Line > last || p.At.Line < first {
			y.bad = true
			return nil
		}
		parts[i] = part{line: p.At.Line, head: y.head(p.At.Line, floor, p.At.Col), pair: p, rank: -1}
		if i > 0 {
			parts[i].head = y.after(parts[i-1], parts[i].head)
			parts[i-1].end = parts[i].head - 1
		}
		if rank, ok := y.order(place, p.Key); ok {
			parts[i].rank = rank
		}
		floor = p.At.Line + 1
	}
	parts[len(parts)-1].end = last
	slices.SortStableFunc(parts, func(a, b part) int { return a.rank - b.rank })
	var out []string
	for _, p := range parts {
		out = join(out, y.above(p, indent))
		out = append(out, y.pair(p, indent, append(slices.Clone(place), p.pair.Key))...)
	}
	return out
}

// above returns the comments above a part.
func (y *layout) above(p part, indent int) []string {
	var out []string
	for n := p.head; n < p.line; n++ {
		line := strings.TrimSpace(y.line(n))
		if line != "" {
			line = strings.Repeat(" ", indent) + line
		}
		out = append(out, line)
	}
	return out
}

// pair returns the lines of a key with its value.
func (y *layout) pair(p part, indent int, place []string) []string {
	at, v := p.pair.At, p.pair.Value
	letters := []rune(y.line(at.Line))
	own := strings.TrimRight(string(letters[at.Col-1:]), " \t")
	if y.block(v) && v.Line > at.Line && v.Line <= p.end && v.File == at.File && y.empty(own, at) {
		out := []string{strings.Repeat(" ", indent) + own}
		if v.Kind == Map {
			return append(out, y.mapping(v, at.Line+1, p.end, indent+2, place)...)
		}
		return append(out, y.list(v, at.Line+1, p.end, indent+2, place)...)
	}
	return y.raw(own, at.Line, p.end, indent, at.Col-1, v)
}

// empty reports whether nothing or only a comment follows a key on its line.
func (y *layout) empty(own string, at Pos) bool {
	if column, ok := y.comments[at.Line]; ok && column > at.Col {
		own = strings.TrimRight(string([]rune(own)[:column-at.Col]), " ")
	}
	return strings.HasSuffix(own, ":")
}

// raw returns lines with only their indentation changed.
func (y *layout) raw(own string, line, end, indent, was int, v *Node) []string {
	out := []string{strings.Repeat(" ", indent) + own}
	text := v.Kind == Text && v.Quoted
	blank := ""
	if v.Kind == Text || v.Kind == Map || v.Kind == List {
		blank = kept // the blank line belongs to a block scalar
	}
	for n := line + 1; n <= end; n++ {
		moved := y.line(n)
		if !text {
			moved = strings.TrimRight(moved, " \t")
		}
		if moved == "" {
			moved = blank
		} else if strings.TrimSpace(moved) != "" {
			moved = strings.Repeat(" ", max(lead(moved)+indent-was, 0)) + strings.TrimLeft(moved, " ")
		}
		out = append(out, moved)
	}
	if y.keeps(v, line, end) {
		return append(out, endOfKept)
	}
	for len(out) > 1 && strings.Trim(out[len(out)-1], " "+kept) == "" {
		out = out[:len(out)-1]
	}
	return out
}

// list returns the lines of a block list.
func (y *layout) list(n *Node, first, last, indent int, place []string) []string {
	parts := make([]part, len(n.Items))
	floor := first
	for i, item := range n.Items {
		line := y.dash(floor, last, n.Col)
		if line == 0 {
			y.bad = true
			return nil
		}
		parts[i] = part{line: line, head: y.head(line, floor, n.Col), item: item}
		if i > 0 {
			parts[i].head = y.after(parts[i-1], parts[i].head)
			parts[i-1].end = parts[i].head - 1
		}
		floor = line + 1
	}
	parts[len(parts)-1].end = last
	var out []string
	for _, p := range parts {
		out = join(out, y.above(p, indent))
		out = append(out, y.item(p, n.Col, indent, append(slices.Clone(place), "-"))...)
	}
	return out
}

// dash returns the line of the next dash in a column. The position of the item is of no
// use, since that of an alias is the position of its anchor.
func (y *layout) dash(floor, last, column int) int {
	for n := floor; n <= last; n++ {
		if line := y.line(n); lead(line) == column-1 && strings.HasPrefix(line[column-1:], "-") {
			return n
		}
	}
	return 0
}

// item returns the lines of one item after its dash.
func (y *layout) item(p part, column, indent int, place []string) []string {
	line := y.line(p.line)
	rest := strings.TrimLeft(line[column:], " ")
	v := p.item
	if v.Kind != Map || !y.block(v) || v.Line != p.line || strings.TrimSpace(string([]rune(line)[column:v.Col-1])) != "" {
		was := len(line) - len(rest)
		return y.raw("- "+strings.TrimRight(rest, " \t"), p.line, p.end, indent, was-2, v)
	}
	inner := y.mapping(v, p.line, p.end, indent+2, place)
	if y.bad {
		return nil
	}
	first := 0
	for first < len(inner) &&
		(strings.TrimSpace(inner[first]) == "" || strings.HasPrefix(strings.TrimSpace(inner[first]), "#")) {
		if inner[first] = strings.TrimSpace(inner[first]); inner[first] != "" {
			inner[first] = strings.Repeat(" ", indent) + inner[first]
		}
		first++
	}
	inner[first] = strings.Repeat(" ", indent) + "- " + strings.TrimLeft(inner[first], " ")
	return inner
}

package syntax

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// marks removes the markers of the document's start and end from the lines. Text above
// the start marker belongs to the whole file and stays at the top.
func (y *layout) marks(text string) (top []string, first int) {
	first = 1
	for _, m := range markers(text) {
		n, line := m.line, ""
		if column, ok := y.comments[n]; ok {
			line = string([]rune(y.line(n))[column-1:])
		}
		y.lines[n-1] = line
		if m.begins {
			for i := 1; i <= n; i++ {
				top = append(top, strings.TrimSpace(y.line(i)))
			}
			top, first = append(blanks(top), ""), n+1
		}
	}
	return top, first
}

// anchorMoved returns the finding of an alias that would move above its anchor.
func (y *layout) anchorMoved(path string, f Finding) Finding {
	name, _, _ := strings.Cut(strings.TrimPrefix(f.Message, noAnchor), " ")
	at := Pos{File: path, Line: 1, Col: 1, Len: 1}
	for i, line := range y.lines {
		if before, _, ok := strings.Cut(line, "&"+name); ok {
			at = Pos{File: path, Line: i + 1, Col: utf8.RuneCountInString(before) + 1, Len: utf8.RuneCountInString(name) + 1}
			break
		}
	}
	return Finding{Pos: at, Code: "OA001",
		Message: "in the order of the layout an alias would stand before its anchor &" + name,
		Help:    "define the anchor below a key of your own that begins with x-, which stands first"}
}

// keeps reports whether the lines of a value end with a block scalar that keeps its
// trailing blank lines.
func (y *layout) keeps(v *Node, first, last int) bool {
	for {
		switch {
		case v.Kind == Map && len(v.Pairs) > 0:
			v = v.Pairs[len(v.Pairs)-1].Value
		case v.Kind == List && len(v.Items) > 0:
			v = v.Items[len(v.Items)-1]
		default:
			// An alias has the position of its anchor.
			return v.Kind == Text && v.Quoted && v.Line >= first && v.Line <= last &&
				keepHeader().MatchString(strings.TrimRight(y.line(v.Line), " \t"))
		}
	}
}

var keepHeader = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(^|[ :-]) *[|>][0-9]?\+[0-9]?( +#.*)?$`)
})

// after returns the first line of a part. Blank lines above it may belong to a block
// scalar that keeps them.
func (y *layout) after(before part, head int) int {
	v := before.item
	if v == nil {
		v = before.pair.Value
	}
	if !y.keeps(v, before.line, head) {
		return head
	}
	for strings.TrimSpace(y.line(head)) == "" {
		head++
	}
	return head
}

// join appends lines, without leading blank lines after a block scalar that would keep
// them.
func join(out, lines []string) []string {
	if len(out) > 0 && strings.HasSuffix(out[len(out)-1], kept) {
		for len(lines) > 0 && lines[0] == "" {
			lines = lines[1:]
		}
	}
	return append(out, lines...)
}

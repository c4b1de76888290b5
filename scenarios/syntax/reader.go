package syntax

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// reader builds the tree of one file.
type reader struct {
	path  string
	lines []string
	// long holds the lengths of the lines in characters.
	long     []int
	findings []Finding
	anchors  map[string]*Node
	sizes    map[*Node]int
	expanded int
}

// longLine is the length in bytes from which a line is not searched for the values on
// it, since that takes quadratic time.
const longLine = 4096

func newReader(path, text string) *reader {
	r := &reader{path: path, lines: strings.Split(text, "\n"), anchors: map[string]*Node{}}
	r.long = make([]int, len(r.lines))
	for i, line := range r.lines {
		r.long[i] = utf8.RuneCountInString(line)
	}
	return r
}

func (r *reader) finding(at Pos, code, message, help string) Finding {
	return Finding{Pos: r.inside(at), Code: code, Message: message, Help: help}
}

func (r *reader) found(at Pos, code, message, help string) {
	r.findings = append(r.findings, r.finding(at, code, message, help))
}

// lost reports whether a part of the file is missing from the tree.
func (r *reader) lost() bool {
	return slices.ContainsFunc(r.findings, func(f Finding) bool { return f.Code == "OA001" || f.Code == "OA004" })
}

// inside moves a position into the file; the parser may report one past the line.
func (r *reader) inside(at Pos) Pos {
	at.File = r.path
	at.Line = min(max(at.Line, 1), len(r.lines))
	long := r.long[at.Line-1]
	at.Col = min(max(at.Col, 1), long+1)
	at.Len = max(min(at.Len, long-at.Col+1), 1)
	return at
}

// text returns the position of a text. For a plain text over several lines, the lexer
// reports the end.
func (r *reader) text(at Pos, origin string, plain bool) Pos {
	origin = strings.Trim(origin, " \n")
	first, _, several := strings.Cut(origin, "\n")
	if several && plain {
		at.Line -= strings.Count(origin, "\n")
		if at.Line >= 1 && at.Line <= len(r.lines) {
			if before, _, ok := strings.Cut(r.lines[at.Line-1], first); ok {
				at.Col = utf8.RuneCountInString(before) + 1
			}
		}
	}
	at.Len = max(utf8.RuneCountInString(strings.TrimSpace(first)), 1)
	return r.inside(at)
}

// size returns the number of nodes in a tree, with every alias expanded.
func (r *reader) size(n *Node) int {
	if known, ok := r.sizes[n]; ok {
		return known
	}
	size := 1
	for _, p := range n.Pairs {
		size += r.size(p.Value)
	}
	for _, item := range n.Items {
		size += r.size(item)
	}
	r.sizes[n] = size
	return size
}

var (
	wholeNumber = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[-+]?[0-9][0-9_]*$|^0[xob][0-9a-fA-F_]+$`)
	})
	decimal = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|` +
			`^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$`)
	})
)

// quoted returns the position of a quoted text with its length in the file, since the
// lexer only returns the unescaped text.
func (r *reader) quoted(at Pos) Pos {
	if len(r.lines[at.Line-1]) > longLine {
		return at
	}
	letters := []rune(r.lines[at.Line-1])
	if at.Col > len(letters) || letters[at.Col-1] != '"' && letters[at.Col-1] != '\'' {
		return at
	}
	quote, end := letters[at.Col-1], at.Col
	for end < len(letters) && letters[end] != quote {
		if letters[end] == '\\' && quote == '"' {
			end++
		}
		end++
	}
	at.Len = end + 2 - at.Col
	return r.inside(at)
}

// plain returns the kind of a scalar without quotes, from its text instead of the
// parser's type: 0042 keeps its zeros.
func plain(text string) (Kind, string) {
	switch {
	case text == "~" || text == "null" || text == "Null" || text == "NULL":
		return Null, text
	case text == "true" || text == "false" || text == "True" || text == "False" || text == "TRUE" || text == "FALSE":
		return Bool, strings.ToLower(text)
	case wholeNumber().MatchString(text):
		return Int, text
	case decimal().MatchString(text):
		return Float, text
	}
	return Text, text
}

// written reports whether a text is at a position. The parser inserts nulls that are
// not in the file.
func (r *reader) written(at Pos, text string) bool {
	line := r.lines[at.Line-1]
	return len(line) <= longLine && at.Col <= r.long[at.Line-1] &&
		(len(line) == r.long[at.Line-1] && strings.HasPrefix(line[at.Col-1:], text) || strings.Contains(line, text))
}

// blankBefore reports whether there is a blank before a comment.
func (r *reader) blankBefore(at Pos) bool {
	line := r.lines[min(at.Line, len(r.lines))-1]
	if len(line) > longLine {
		return true
	}
	letters := []rune(line)
	i := min(at.Col-2, len(letters)-1)
	return i < 0 || letters[i] == ' ' || letters[i] == '\t' || letters[min(i+1, len(letters)-1)] != '#'
}

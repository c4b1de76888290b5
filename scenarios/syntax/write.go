package syntax

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Word returns a text, which Flow quotes only if necessary.
func Word(text string) *Node { return &Node{Kind: Text, Text: text} }

// Quoted returns a text that Flow quotes.
func Quoted(text string) *Node { return &Node{Kind: Text, Text: text, Quoted: true} }

// Literal returns a number, a boolean, or a text that needs no quotes.
func Literal(text string) *Node { return &Node{Kind: Int, Text: text} }

// Mapping returns a mapping of pairs.
func Mapping(pairs ...Pair) *Node { return &Node{Kind: Map, Pairs: pairs} }

// Words returns a list of texts.
func Words[S ~string](texts []S) *Node {
	list := &Node{Kind: List}
	for _, text := range texts {
		list.Items = append(list.Items, Word(string(text)))
	}
	return list
}

// Flow returns a node as YAML on one line, from which Parse reads the same node.
func Flow(n *Node) string {
	switch {
	case n.Kind == Map:
		parts := make([]string, len(n.Pairs))
		for i, p := range n.Pairs {
			parts[i] = Flow(Word(p.Key)) + ": " + Flow(p.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case n.Kind == List:
		parts := make([]string, len(n.Items))
		for i, item := range n.Items {
			parts[i] = Flow(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case n.Kind != Text, !n.Quoted && bare().MatchString(n.Text) && !taken().MatchString(n.Text):
		return n.Text
	}
	// YAML has Go's escapes. An unescaped U+FFFD would look like invalid UTF-8.
	return strings.ReplaceAll(strconv.Quote(n.Text), "\ufffd", `\ufffd`)
}

// bare matches texts that need no quotes: they begin with a letter and have no special
// characters, not even inside braces. Some of them are booleans and nulls in YAML.
var (
	bare = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)
	})
	taken = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null)$`)
	})
)

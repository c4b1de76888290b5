package syntax

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Word makes a text for Flow, which quotes it where it must.
func Word(text string) *Node { return &Node{Kind: Text, Text: text} }

// Quoted makes a text for Flow that is quoted.
func Quoted(text string) *Node { return &Node{Kind: Text, Text: text, Quoted: true} }

// Literal makes a number, a boolean, or a text that needs no quotes.
func Literal(text string) *Node { return &Node{Kind: Int, Text: text} }

// Mapping makes a mapping of pairs.
func Mapping(pairs ...Pair) *Node { return &Node{Kind: Map, Pairs: pairs} }

// Words makes a list of texts.
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
	// Go's escapes are YAML's, too. The sign for what is no letter would be taken
	// for a file that is no UTF-8.
	return strings.ReplaceAll(strconv.Quote(n.Text), "\ufffd", `\ufffd`)
}

// bare texts need no quotes anywhere: they begin with a letter, and have no sign
// that means something inside of braces. Some of them are taken by YAML for
// booleans and nulls.
var (
	bare = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)
	})
	taken = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null)$`)
	})
)

package syntax

import (
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// tokenize returns the tokens of a text and corrects the lexer: a line of blanks with a tab is a
// blank line, and an empty block of text ends before a comment (goccy/go-yaml#824).
func tokenize(text string) token.Tokens {
	tokens := lexer.Tokenize(text)
	for range 3 { // removing one line may reveal another
		cleared, some := clearTabs(text, tokens)
		if !some {
			break
		}
		text, tokens = cleared, lexer.Tokenize(cleared)
	}
	return emptyBlocks(tokens)
}

// clearTabs empties lines of blanks and tabs, which the lexer refuses, except in block
// scalars, whose indentation has no tab.
func clearTabs(text string, tokens token.Tokens) (cleared string, some bool) {
	var lines []string
	for i, t := range tokens {
		if t.Type != token.InvalidType ||
			i > 0 && (tokens[i-1].Type == token.LiteralType || tokens[i-1].Type == token.FoldedType) {
			continue
		}
		if lines == nil {
			lines = strings.Split(text, "\n")
		}
		if at := t.Position.Line - 1; at < len(lines) && strings.Contains(lines[at], "\t") && strings.Trim(lines[at],
			" \t") == "" {
			lines[at], some = "", true
		}
	}
	return strings.Join(lines, "\n"), some
}

// emptyBlocks removes tokens that the lexer adds after an empty block scalar: a second
// text before a comment, or an invalid token after blank lines that are kept.
func emptyBlocks(tokens token.Tokens) token.Tokens {
	out := tokens[:0:0]
	for i, t := range tokens {
		if i < 2 || i+1 == len(tokens) || tokens[i-2].Type != token.LiteralType && tokens[i-2].Type != token.FoldedType {
			out = append(out, t)
			continue
		}
		before := tokens[i-1]
		second := t.Type == token.StringType && strings.Trim(t.Value, " \n") == "" && before.Value == "" &&
			tokens[i+1].Type == token.CommentType
		invalid := t.Type == token.InvalidType && t.Value == "" && strings.Trim(before.Value, " \n") == ""
		if !second && !invalid {
			out = append(out, t)
			continue
		}
		before.Next, tokens[i+1].Prev = tokens[i+1], before
	}
	return out
}

// take updates the nesting with a token.
func (b *blocks) take(t *token.Token) {
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		b.flow = append(b.flow, 0)
	case token.MappingEndType, token.SequenceEndType:
		b.flow = b.flow[:max(len(b.flow)-1, 0)]
	case token.CollectEntryType:
		if len(b.flow) > 0 {
			b.flow[len(b.flow)-1]++
			b.longest = max(b.longest, b.flow[len(b.flow)-1])
		}
	case token.SequenceEntryType, token.MappingKeyType:
		b.member(t.Position.Column)
	case token.MappingValueType:
		if t.Prev != nil && len(b.flow) == 0 {
			b.member(t.Prev.Position.Column)
		}
	}
}

// marker is a line that begins or ends a document.
type marker struct {
	line   int
	begins bool
}

// markers returns the markers of a text.
func markers(text string) []marker {
	var all []marker
	for _, t := range tokenize(text) {
		if t.Type == token.DocumentHeaderType || t.Type == token.DocumentEndType {
			all = append(all, marker{t.Position.Line, t.Type == token.DocumentHeaderType})
		}
	}
	return all
}

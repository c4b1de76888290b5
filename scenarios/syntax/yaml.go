package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Parse reads a file into a tree. The Node is nil if nothing could be read. It
// may come with findings, so that the caller can look for more. An empty file
// is a Null.
func Parse(path string, text []byte) (root *Node, findings []Finding) {
	clean, bad := readable(path, text)
	if bad != nil {
		return nil, []Finding{*bad}
	}
	r := newReader(path, clean)
	defer func() {
		if p := recover(); p != nil {
			root, findings = nil,
				[]Finding{r.finding(Pos{Line: 1, Col: 1, Len: 1}, "OA001", "this is no YAML that can be read", "")}
		}
	}()
	tokens := tokenize(clean)
	if !r.judge(tokens) {
		return nil, r.findings
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.refuse(err)
		return nil, r.findings
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if _, comment := doc.Body.(*ast.CommentGroupNode); comment {
			continue
		}
		root := r.node(doc.Body)
		if r.lost() {
			return nil, r.findings
		}
		return root, r.findings
	}
	return &Node{Pos: Pos{File: path, Line: 1, Col: 1, Len: 1}}, r.findings
}

// refuse adds the finding of an error of the parser.
func (r *reader) refuse(err error) {
	at, message := Pos{Line: 1, Col: 1, Len: 1}, "it cannot be read" // err.Error() would draw the source, slowly
	if e, ok := err.(interface {
		GetToken() *token.Token
		GetMessage() string
	}); ok {
		message = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			at = r.place(t)
		}
	}
	what, help := reword(message)
	r.found(at, "OA001", what, help)
}

// judge reports whether the parser can take the tokens, and adds findings if not.
func (r *reader) judge(tokens token.Tokens) bool {
	before := len(r.findings)
	nodes, began := 0, false
	var open blocks
	for i, t := range tokens {
		switch t.Type {
		case token.DocumentHeaderType:
			if began {
				r.found(r.place(t), "OA002", "a second document in one file",
					"one file tells one story: put it into a file of its own")
				return false
			}
		case token.DocumentEndType:
			continue
		case token.CommentType:
			if t.Position.Column > 1 && !r.blankBefore(Pos{Line: t.Position.Line, Col: t.Position.Column}) {
				r.found(r.place(t), "OA001", "a comment needs a blank before its #",
					"put a blank before it, or the # into the quotes")
			}
			continue
		case token.DirectiveType:
			r.found(r.place(t), "OA001", "YAML directives are not taken", "leave the line out")
			return false
		case token.TagType:
			r.found(r.place(t), "OA001", fmt.Sprintf("the tag %s is not taken", strings.TrimSpace(t.Value)),
				"values are text, numbers, booleans, lists and mappings; quote a text that begins with !")
		case token.AnchorType:
			if i+2 < len(tokens) && tokens[i+2].Type == token.AnchorType && tokens[i+2].Position.Line == t.Position.Line {
				r.found(r.place(t), "OA001", "two anchors for one value", "leave one out")
			}
		case token.StringType:
			r.judgeText(tokens, i, len(open.flow) > 0)
		case token.MappingStartType, token.SequenceStartType:
			r.judgeReference(tokens, i)
		}
		began = true
		nodes++
		open.take(t)
		switch {
		case open.depth() > maxDepth:
			r.found(r.place(t), "OA004", fmt.Sprintf("mappings and lists lie deeper than %d in each other", maxDepth), "")
			return false
		case open.longest > maxMembers:
			r.found(r.place(t), "OA004", fmt.Sprintf("a mapping or list has more than %d members", maxMembers),
				"split the story")
			return false
		case len(r.findings)-before > maxMistakes:
			return false
		}
	}
	// A node is at most three tokens: a dash or a key, a colon, a value.
	if nodes > 3*maxNodes {
		r.found(Pos{Line: 1, Col: 1, Len: 1}, "OA004", fmt.Sprintf("the file has more than %d nodes", maxNodes),
			"split the story")
	}
	return len(r.findings) == before
}

// judgeReference looks for a reference without quotes between braces or
// brackets, which YAML reads as "$" and a mapping that begins at token i.
func (r *reader) judgeReference(tokens token.Tokens, i int) {
	if i == 0 || tokens[i].Type != token.MappingStartType {
		return
	}
	before := tokens[i-1]
	if before.Type != token.StringType || !strings.HasSuffix(before.Value, "$") {
		return
	}
	help := `write "${...}"`
	if first := firstRune(before.Value); typographic(first) {
		help += fmt.Sprintf(" with plain quotes: %c is U+%04X, and no quote to YAML", first, first)
	}
	r.found(r.reference(tokens, i-1), "OA104", "a reference between { } or [ ] needs quotes", help)
}

// judgeText adds findings for an unquoted text that YAML would read differently.
func (r *reader) judgeText(tokens token.Tokens, i int, flow bool) {
	t := tokens[i]
	block := i > 0 && (tokens[i-1].Type == token.LiteralType || tokens[i-1].Type == token.FoldedType)
	if what, help := disguised(t.Value, block); what != "" {
		r.found(r.place(t), "OA001", what, help)
	} else if t.Value == "-" && flow {
		r.found(r.place(t), "OA001", "a dash between { } or [ ] is no text", `write "-"`)
	}
}

// reference returns the place of an unquoted ${...} whose $ is token i.
func (r *reader) reference(tokens token.Tokens, i int) Pos {
	at := r.place(tokens[i])
	at.Col += utf8.RuneCountInString(tokens[i].Value) - 1
	at.Len = 2
	for _, t := range tokens[i+1:] {
		if t.Type == token.MappingEndType && t.Position.Line == at.Line {
			at.Len = t.Position.Column - at.Col + 1
			break
		}
	}
	return at
}

// place returns the place of a token.
func (r *reader) place(t *token.Token) Pos {
	at := Pos{Line: t.Position.Line, Col: t.Position.Column, Len: 1}
	if t.Type == token.LiteralType || t.Type == token.FoldedType {
		return r.inside(at)
	}
	return r.text(at, t.Origin, t.Type == token.StringType)
}

// node returns the Node of a node of the parser.
func (r *reader) node(n ast.Node) *Node {
	made := &Node{}
	switch n := n.(type) {
	case nil:
		made.Pos = r.inside(Pos{Line: 1, Col: 1})
	case *ast.MappingNode:
		r.mapping(made, n)
	case *ast.SequenceNode:
		made.Kind, made.Pos = List, r.place(n.Start)
		for _, v := range n.Values {
			made.Items = append(made.Items, r.node(v))
		}
	case *ast.AnchorNode:
		made = r.node(n.Value)
		r.anchors[n.Name.GetToken().Value] = made
	case *ast.AliasNode:
		return r.alias(n)
	case *ast.LiteralNode:
		made.Kind, made.Quoted, made.Text, made.Pos = Text, true, n.Value.Value, r.place(n.Start)
	default:
		r.scalar(made, n.GetToken())
	}
	return made
}

// noAnchor begins the message of an alias before its anchor.
const noAnchor = "no anchor &"

// alias returns the node of an alias's anchor. It limits the number of expanded nodes,
// since a few lines can expand to a huge tree.
func (r *reader) alias(n *ast.AliasNode) *Node {
	at := r.place(n.Start)
	name := n.Value.GetToken().Value
	to, ok := r.anchors[name]
	if !ok {
		name = strings.Join(strings.Fields(name), " ")
		r.found(at, "OA001", fmt.Sprintf(noAnchor+"%s stands before this", name), "")
		return &Node{Pos: at}
	}
	if r.sizes == nil {
		r.sizes = map[*Node]int{}
	}
	before := r.expanded
	r.expanded += r.size(to)
	if r.expanded > maxExpanded {
		if before <= maxExpanded {
			r.found(at, "OA004", fmt.Sprintf("the aliases stand for more than %d nodes", maxExpanded), "")
		}
		return &Node{Pos: at}
	}
	return to
}

// mapping reads the pairs. The parser takes a text like OFFLINE:PIN in a list for a
// mapping, but in YAML 1.2 it is a text.
func (r *reader) mapping(made *Node, n *ast.MappingNode) {
	if text, at, ok := r.colonText(n); ok {
		made.Kind, made.Text, made.Pos = Text, text, at
		return
	}
	made.Kind = Map
	if n.IsFlowStyle || len(n.Values) == 0 {
		made.Pos = r.place(n.Start)
	}
	seen := map[string]int{}
	for _, v := range n.Values {
		key, at := r.key(v.Key)
		if made.Line == 0 {
			made.Pos = at
		}
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			r.found(at, "OA107", "the merge key << is not taken", "use a fragment, or an alias for a whole value")
			continue
		}
		if line, ok := seen[key]; ok {
			r.found(at, "OA103", fmt.Sprintf("duplicate key %q", key), fmt.Sprintf("the first is on line %d", line))
			continue
		}
		seen[key] = at.Line
		value := r.node(v.Value)
		if value.Kind == Null && value.Text == "" {
			value.Pos = at
		}
		made.Pairs = append(made.Pairs, Pair{Key: key, At: at, Value: value})
	}
}

// colonText returns the text of a mapping that is really a text with a colon and no
// blank after it.
func (r *reader) colonText(n *ast.MappingNode) (string, Pos, bool) {
	if n.IsFlowStyle || len(n.Values) != 1 {
		return "", Pos{}, false
	}
	v := n.Values[0]
	key, value := v.Key.GetToken(), v.Value.GetToken()
	if v.Start == nil || key.Type != token.StringType || value.Position.Line != v.Start.Position.Line ||
		value.Position.Column != v.Start.Position.Column+1 || strings.HasPrefix(value.Origin, " ") {
		return "", Pos{}, false
	}
	at := r.place(key)
	text := key.Value + ":" + value.Value
	at.Len = utf8.RuneCountInString(text)
	return text, r.inside(at), true
}

// scalar reads a value from its text instead of the parser's type: 0042 keeps its
// zeros.
func (r *reader) scalar(made *Node, t *token.Token) {
	made.Pos, made.Text = r.place(t), t.Value
	switch {
	case t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType:
		made.Kind, made.Quoted, made.Pos = Text, true, r.quoted(made.Pos)
	case t.Type == token.ImplicitNullType || t.Type == token.NullType && !r.written(made.Pos, t.Value):
		made.Kind, made.Text = Null, ""
	default:
		made.Kind, made.Text = plain(t.Value)
	}
}

// comments returns the columns of the comments of a text by their lines.
func comments(text string) map[int]int {
	found := map[int]int{}
	for _, t := range tokenize(text) {
		if t.Type == token.CommentType {
			found[t.Position.Line] = t.Position.Column
		}
	}
	return found
}

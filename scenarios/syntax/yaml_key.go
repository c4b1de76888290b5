package syntax

import "github.com/goccy/go-yaml/ast"

// key reads a key, which may have an anchor, be an alias or follow a question mark. Its
// position begins with that character.
func (r *reader) key(n ast.Node) (string, Pos) {
	if n == nil {
		return "", r.inside(Pos{Line: 1, Col: 1})
	}
	at := r.place(n.GetToken())
	switch k := n.(type) {
	case *ast.MappingKeyNode:
		text, inner := r.key(k.Value)
		return text, r.from(r.place(k.Start), inner)
	case *ast.AnchorNode:
		text, inner := r.key(k.Value)
		anchored := r.node(k.Value)
		r.anchors[k.Name.GetToken().Value] = anchored
		return text, r.from(at, inner)
	case *ast.AliasNode:
		to := r.alias(k)
		at = r.from(at, r.place(k.Value.GetToken()))
		if to.Kind == Map || to.Kind == List {
			r.found(at, "OA001", "a key must be one word or text", "this alias stands for more")
		}
		return to.Text, at
	case *ast.LiteralNode:
		return k.Value.Value, r.place(k.Start)
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		r.found(at, "OA001", "a key must be one word or text", "")
	}
	return n.GetToken().Value, at
}

// from returns the position from the start of first to the end of last.
func (r *reader) from(first, last Pos) Pos {
	if first.Line == last.Line {
		first.Len = max(last.Col+last.Len-first.Col, 1)
	}
	return r.inside(first)
}

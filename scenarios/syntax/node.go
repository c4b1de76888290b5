package syntax

// Pos is a position in a file. Line and Col count from 1; Col and Len are in
// characters.
type Pos struct {
	File           string
	Line, Col, Len int
}

// Kind is the kind of a Node.
type Kind int

// The kinds of nodes. A Text is any scalar in quotes, or one that is not a null, boolean
// or number.
const (
	Null Kind = iota
	Bool
	Int
	Float
	Text
	Map
	List
)

// Node is a value of a file. It does not change once it is parsed.
type Node struct {
	Pos
	Kind Kind
	// Text is a scalar as written, without quotes; an Int keeps its leading zeros.
	Text string
	// Quoted is true for a Text in quotes or in a block scalar.
	Quoted bool
	// Pairs are the pairs of a Map, in the order of the file.
	Pairs []Pair
	// Items are the items of a List.
	Items []*Node
}

// Pair is a key of a map with its value; Value is never nil.
type Pair struct {
	Key   string
	At    Pos
	Value *Node
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}

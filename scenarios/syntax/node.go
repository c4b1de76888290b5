package syntax

// Pos is a place in a file. Line and Col count from 1, Col and Len in
// characters.
type Pos struct {
	File           string
	Line, Col, Len int
}

// Kind is the kind of a Node.
type Kind int

// The kinds of nodes. A Text is a scalar that is no null, boolean or number,
// or one in quotes; digits in quotes are text.
const (
	Null Kind = iota
	Bool
	Int
	Float
	Text
	Map
	List
)

// Node is a value of a file. It is never changed once it is read.
type Node struct {
	Pos
	Kind Kind
	// Text is a scalar as it was written, without its quotes: an Int keeps its
	// leading zeros.
	Text string
	// Quoted is true for a Text in quotes or in a block.
	Quoted bool
	// Pairs are a Map's, in the order of the file.
	Pairs []Pair
	// Items are a List's.
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

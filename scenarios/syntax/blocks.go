package syntax

// blocks tracks the nesting at a token: the columns and member counts of the open
// blocks, and the open brackets.
type blocks struct {
	columns, members []int
	flow             []int
	longest          int
}

func (b *blocks) depth() int { return len(b.columns) + len(b.flow) }

// member counts a member of the block at a column.
func (b *blocks) member(column int) {
	for len(b.columns) > 0 && b.columns[len(b.columns)-1] > column {
		b.columns, b.members = b.columns[:len(b.columns)-1], b.members[:len(b.members)-1]
	}
	if len(b.columns) == 0 || b.columns[len(b.columns)-1] < column {
		b.columns, b.members = append(b.columns, column), append(b.members, 0)
	}
	b.members[len(b.members)-1]++
	b.longest = max(b.longest, b.members[len(b.members)-1])
}

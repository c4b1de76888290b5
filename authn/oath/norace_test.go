//go:build !race

package oath_test

// raced says that the race detector is built in. With it, the state of a hash
// in the standard library allocates.
const raced = false

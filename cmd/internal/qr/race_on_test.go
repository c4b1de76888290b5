//go:build race

package qr_test

// raced says that the race detector watches, which costs many times the
// memory and the time.
const raced = true

//go:build !race

package qr_test

// raced says that the race detector watches.
const raced = false

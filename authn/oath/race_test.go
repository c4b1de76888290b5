//go:build race

package oath_test

const raced = true

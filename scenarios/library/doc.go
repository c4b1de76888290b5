// Package library holds the stories that are built into offauth. Together they prove
// the rules of every family; each rule is named by the expectation that fails if the
// rule is broken. "offauth scenario run --library" plays them, and they are examples
// for authors of stories.
package library

// Package syntax reads scenario files: YAML becomes a tree of Nodes that know
// their places, and that becomes a Story. Every mistake is a Finding with a
// place; reading collects all of them and never stops at the first. The YAML
// library is used for its parser alone: its decoder would turn an unquoted
// 0042 into 34.
package syntax

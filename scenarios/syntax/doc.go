// Package syntax parses scenario files into trees of Nodes with their positions, and
// formats them. Every mistake is a Finding with a position; parsing collects all of
// them and does not stop at the first. Only the parser of the YAML library is used,
// since its decoder turns an unquoted 0042 into 34.
package syntax

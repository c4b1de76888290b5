// Package run plays stories: it expands them to instances, selects, orders and plays
// these, each in its own world in memory, and returns one report.
package run

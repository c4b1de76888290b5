// Package run plays stories: it makes their instances, selects, orders and
// plays them, each in a world of its own in memory, and returns one report.
package run

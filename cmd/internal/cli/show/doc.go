// Package show has the parts of reports that several commands print: icons,
// locks, clocks and OneSpan's offline data, as lines and as JSON.
package show

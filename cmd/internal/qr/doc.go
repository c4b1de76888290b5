// Package qr draws QR codes and reads them.
//
// Drawing: Encode makes a Code; its Terminal, PNG and SVG all draw the same
// matrix. Reading: Read takes whatever a person has, a picture, the half blocks
// of a terminal out of a pipe, or the data itself as a line of text, and finds
// out by itself which it is.
//
// A picture is read in steps (cascade.go). Each step makes another grey picture
// or another black and white matrix of the same bytes; detect.go looks for
// finder patterns in it, and gozxing samples and decodes what they span. Where
// it finds none, grid.go looks for patterns without a clean edge (on a dark
// page, in a frame) and for modules that are no squares. The first step that
// reads something ends the search, so a clean screenshot costs one step. Half
// blocks need no detector: text.go copies the modules exactly.
//
// The package knows nothing of offauth's protocols: whether a code is a
// foreign one is the caller's to judge.
package qr

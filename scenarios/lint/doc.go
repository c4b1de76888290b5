// Package lint reads scenarios with their fixtures and finds what is wrong
// with them without playing them: keys, shapes, types, references, actors,
// refusals that cannot be met. It returns the Story that the player takes. One
// table of keys serves the reader and the JSON Schema.
package lint

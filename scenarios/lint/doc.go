// Package lint reads scenarios with their fixtures and finds mistakes without
// playing them: in keys, shapes, types, references, actors, and refusals that
// cannot occur. It returns the Story for the player. The reader and the JSON Schema
// use the same table of keys.
package lint

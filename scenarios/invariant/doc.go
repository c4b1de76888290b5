// Package invariant has what must hold in every world, whatever is done in
// it. A checker reads the history of a run, the Actions and the events that
// they left, and shares no code with the rules that it checks.
package invariant

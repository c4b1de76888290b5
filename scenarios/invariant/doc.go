// Package invariant judges what must hold in every world, whatever is done in
// it. A checker reads the history of a run, the Actions and the events that
// they left, and shares no code with the rules that it checks.
//
// New gives a History, which is a Watcher: it is told of every Action of a
// world, from the first one on, keeps a book of what that means, and judges
// every event against what the book says before the event is entered.
//
// This package knows no family. What must hold of one is a Family, a value in
// a package below; the package watch lists them.
//
// To add an invariant, write a row in the table of its family (table.go) with a
// function over an event, or over the book after the Action; what it needs to
// know is entered in the family's book (book.go). Give it a forged history that
// breaks it, and one that does not, in the tests of watch. One that judges a
// refusal (right_credential_accepted) goes by what the book knows for certain,
// and says nothing where the book cannot know.
package invariant

// Package invariant has what must hold in every world, whatever is done in
// it. A checker reads the history of a run, the Actions and the events that
// they left, and shares no code with the rules that it checks.
//
// New gives a History, which is a Watcher: it is told of every Action of a
// world, from the first one on, keeps a book of what that means, and judges
// every event against what the book says before the event is entered.
//
// To add an invariant, write a row in the table of its family (hypr_table.go,
// encap_table.go, onespan_table.go) with a function over the book and an event, or over the
// book after the Action; what it needs to know is entered in hypr_book.go,
// encap_book.go or onespan_book.go. A family of its own gets a book and a table likewise. Give
// it a forged history that breaks it, and one that does not, in the tests.
package invariant

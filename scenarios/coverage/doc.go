// Package coverage says what a run of stories has touched: the rules that
// their expectations name, and the refusals, events, verbs and roles that were
// seen; and what nobody touched. It reads the results of a run and the tables
// of verbs, codes and rules, and nothing else.
package coverage

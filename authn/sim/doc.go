// Package sim is the world: it holds the sites together, moves their clock,
// fires their timers, carries their messages over links that can be cut, and
// keeps what they keep. It decides nothing that a product decides, and knows
// no product by name: it is given the families (authn/family), which hold the
// rules.
package sim

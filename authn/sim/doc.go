// Package sim is the world: it holds the sites together, moves their clock,
// fires their timers, carries their messages over links that can be cut, and
// keeps what they keep. It decides nothing that a product decides; those
// rules live in the families.
package sim

// Package sim is the world: it moves the clock of the sites, fires their
// timers, delivers their messages over links that can be cut, and stores their
// records. It has no rules of a product and knows none by name; the families
// (authn/family) have the rules.
package sim

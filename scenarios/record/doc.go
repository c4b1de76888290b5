// Package record turns what was done in a recording world into a scenario, and
// plays it once to see that it tells the same. A world may hold several
// products, a scenario one: what belongs to another is left out.
package record

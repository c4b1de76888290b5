// Package record turns the Actions that a world recorded into a scenario, and
// plays it once to verify it. A world may have several products but a scenario
// only one; Actions of other products are left out.
package record

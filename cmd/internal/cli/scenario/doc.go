// Package scenario has the commands below "offauth scenario".
package scenario

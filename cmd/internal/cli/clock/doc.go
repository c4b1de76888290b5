// Package clock has the commands below "offauth clock" and "offauth link".
package clock

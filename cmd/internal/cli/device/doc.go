// Package device has the commands below "offauth device".
package device

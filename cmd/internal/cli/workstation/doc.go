// Package workstation has the commands below "offauth workstation" and "offauth
// tray".
package workstation

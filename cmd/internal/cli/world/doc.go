// Package world has the commands below "offauth world" and "offauth keystore".
package world

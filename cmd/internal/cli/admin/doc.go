// Package admin has the commands below "offauth admin".
package admin

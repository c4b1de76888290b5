// Package provider has the commands below "offauth provider".
package provider

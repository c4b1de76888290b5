package main

import "os"
import "github.com/offauth/offauth/cmd/internal/cli"
import _ "github.com/offauth/offauth/cmd/internal/prefault" // a quicker start
import "github.com/offauth/offauth/cmd/internal/quietterm"

func main() {
	quietterm.Restore()
	os.Exit(cli.Main())
}

package main

import "os"
import "github.com/offauth/offauth/cmd/internal/cli"
import "github.com/offauth/offauth/cmd/internal/quietterm"

func main() {
	quietterm.Restore()
	os.Exit(cli.Main())
}

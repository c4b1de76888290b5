package main

import (
	"os"

	"github.com/offauth/offauth/cmd/internal/cli"
	"github.com/offauth/offauth/cmd/internal/quietterm"
)

func main() {
	quietterm.Restore()
	os.Exit(cli.Main())
}

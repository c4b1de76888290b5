package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type manOptions struct {
	deps *Deps

	root    *cobra.Command
	command []string
	dir     string
}

func newManCmd(d *Deps, runF func(context.Context, *manOptions) error) *cobra.Command {
	o := &manOptions{deps: d}
	cmd := &cobra.Command{
		Use: "man [command ...]", GroupID: groupAlso,
		Short: "print a command's manual page, or write all of them",
		Long: `Print the manual page of a command, for man to show: "offauth man device unlock
| man -l -". Without a command it is the page of offauth itself.

With --dir the pages of all commands are written into a folder, which is made
if it is not there: "offauth man --dir ~/.local/share/man/man1". It needs no
world.`,
		Example: `  offauth man device unlock
  offauth man --dir man1`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.root, o.command = cmd.Root(), args
			if o.dir != "" && len(args) > 0 {
				return usage([]string{"offauth man --dir " + shellWord(o.dir)}, "--dir writes the pages of all commands, so it takes no command")
			}
			return run(cmd, o, runF, runMan)
		},
	}
	cmd.Hidden = true // from the first page, which is full
	cmd.Flags().StringVar(&o.dir, "dir", "", "write the pages of all commands into the `FOLDER`")
	return cmd
}

func runMan(_ context.Context, o *manOptions) error {
	if o.dir != "" {
		return o.deps.writePages(o.root, o.dir)
	}
	cmd := o.root
	for _, word := range o.command {
		next := below(cmd, word)
		if next == nil {
			return noCommand(cmd, word)
		}
		cmd = next
	}
	page := manPage(cmd, version().Version)
	lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n")
	return o.deps.print(report{lines: lines, bare: lines, result: map[string]string{"command": cmd.CommandPath(), "page": page}})
}

// below finds a verb of a noun by its name.
func below(cmd *cobra.Command, word string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == word && c.IsAvailableCommand() {
			return c
		}
	}
	return nil
}

// writePages writes the pages of a command and all below it.
func (d *Deps) writePages(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var written []string
	var write func(*cobra.Command) error
	write = func(cmd *cobra.Command) error {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		if err := writeFile(filepath.Join(dir, name), []byte(manPage(cmd, version().Version))); err != nil {
			return err
		}
		written = append(written, name)
		for _, c := range cmd.Commands() {
			if !c.IsAvailableCommand() {
				continue
			}
			if err := write(c); err != nil {
				return err
			}
		}
		return nil
	}
	if err := write(root); err != nil {
		return err
	}
	return d.print(report{lines: []string{authn.Counted(len(written), "page") + ": " + dir}, bare: written, result: listOf(written)})
}

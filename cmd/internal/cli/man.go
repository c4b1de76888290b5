package cli

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type manOptions struct {
	deps *app.Deps

	root    *cobra.Command
	command []string
	dir     string
}

func newMan(d *app.Deps) *cobra.Command {
	o := &manOptions{deps: d}
	cmd := &cobra.Command{
		Use: "man [command ...]", GroupID: app.GroupAlso,
		Short: "print a command's manual page, or write all of them",
		Long: `Print the manual page of a command, for man to show: "offauth man device unlock
| man -l -". Without a command it is the page of offauth itself.

With --dir the pages of all commands are written into a folder, which is made
if it is not there: "offauth man --dir ~/.local/share/man/man1". It needs no
world.`,
		Example: `  offauth man device unlock
  offauth man --dir man1`,
		Annotations: app.Takes("command", app.Repeated),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.root, o.command = cmd.Root(), args
			if o.dir != "" && len(args) > 0 {
				return app.Usage([]string{"offauth man --dir " + app.ShellWord(o.dir)},
					"--dir writes the pages of all commands, so it takes no command")
			}
			return runMan(cmd.Context(), o)
		},
	}
	cmd.Hidden = true // from the first page, which is full
	cmd.Flags().StringVar(&o.dir, "dir", "", "write the pages of all commands into the `FOLDER`")
	return cmd
}

func runMan(_ context.Context, o *manOptions) error {
	if o.dir != "" {
		return writePages(o.deps, o.root, o.dir)
	}
	cmd := o.root
	for _, word := range o.command {
		next := below(cmd, word)
		if next == nil {
			return app.NoCommand(cmd, word)
		}
		cmd = next
	}
	page, err := manPage(cmd, version().Version)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n")
	return o.deps.Print(app.Report{Lines: lines, Bare: lines,
		Result: map[string]string{"command": cmd.CommandPath(), "page": page}})
}

// below returns the subcommand with that name.
func below(cmd *cobra.Command, word string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == word && c.IsAvailableCommand() {
			return c
		}
	}
	return nil
}

// writePages writes the pages of a command and its subcommands.
func writePages(d *app.Deps, root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var written []string
	var write func(*cobra.Command) error
	write = func(cmd *cobra.Command) error {
		page, err := manPage(cmd, version().Version)
		if err != nil {
			return err
		}
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		if err := app.WriteFile(filepath.Join(dir, name), []byte(page)); err != nil {
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
	return d.Print(app.Report{Lines: []string{authn.Counted(len(written), "page") + ": " + dir}, Bare: written,
		Result: app.ListOf(written)})
}

// manPage returns the manual page of a command. It has a date only where
// SOURCE_DATE_EPOCH gives one, so that the same program writes the same page.
func manPage(cmd *cobra.Command, version string) (string, error) {
	header := &doc.GenManHeader{Source: "offauth " + version, Manual: "offauth manual"}
	dated := os.Getenv("SOURCE_DATE_EPOCH") != ""
	if !dated {
		header.Date = &time.Time{}
	}
	source := *cmd // the page is written from a copy, as the text of the command itself is shown by --help
	source.DisableAutoGenTag, source.DisableFlagsInUseLine = true, true
	source.Use, source.Short, source.Long = markdown(cmd.Use), markdown(cmd.Short), markdown(cmp.Or(cmd.Long, cmd.Short))
	if cmd.HasAvailableSubCommands() {
		source.Use = markdown(cmd.Name() + " <command>")
		source.Long += "\n\n# COMMANDS\n" + commandList(cmd)
	}
	var page bytes.Buffer
	if err := doc.GenMan(&source, header, &page); err != nil {
		return "", err
	}
	// cobra sets a flag's text apart by a tab, which only stands under the flag when both belong to a tagged paragraph.
	text := regexp.MustCompile(`(?m)^(?:\.PP\n)?(\\fB-.*)\n\t`).ReplaceAllString(page.String(), ".TP\n$1\n")
	if !dated {
		text = strings.Replace(text, header.Date.Format("Jan 2006"), "", 1)
	}
	return text, nil
}

// markdown escapes angle brackets, which cobra/doc would drop from its Markdown
// (github.com/spf13/cobra/issues/2330).
func markdown(text string) string { return strings.ReplaceAll(text, "<", `\<`) }

// commandList returns a command's subcommands as a Markdown list.
func commandList(cmd *cobra.Command) string {
	var b strings.Builder
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			b.WriteString("**" + c.CommandPath() + "**\n: " + markdown(c.Short) + "\n\n")
		}
	}
	return b.String()
}

type versionOptions struct {
	deps *app.Deps
}

func newVersion(d *app.Deps) *cobra.Command {
	o := &versionOptions{deps: d}
	return &cobra.Command{
		Use: "version", GroupID: app.GroupAlso,
		Short: "say which offauth this is",
		Long: `Say which offauth this is, and what it was built with. "offauth --version" and
"offauth -v" do the same.`,
		Example: `  offauth version`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runVersion(cmd.Context(), o) },
	}
}

type versionJSON struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// version returns the build information of this program.
func version() versionJSON {
	v := versionJSON{Version: "unknown", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	return v
}

func runVersion(_ context.Context, o *versionOptions) error {
	v := version()
	return o.deps.Print(app.Report{Result: v, Bare: []string{v.Version},
		Lines: []string{"offauth " + v.Version + " (" + v.Go + ", " + v.OS + "/" + v.Arch + ")"}})
}

package cli

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/admin"
	"github.com/offauth/offauth/cmd/internal/cli/clock"
	"github.com/offauth/offauth/cmd/internal/cli/device"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/provider"
	"github.com/offauth/offauth/cmd/internal/cli/scenario"
	"github.com/offauth/offauth/cmd/internal/cli/workstation"
	"github.com/offauth/offauth/cmd/internal/cli/world"
)

// nouns returns the constructors of the top-level commands, by name.
func nouns() map[string]func(*app.Deps) *cobra.Command {
	return map[string]func(*app.Deps) *cobra.Command{
		"device": device.New, "workstation": workstation.New, "provider": provider.New, "tray": workstation.NewTray,
		"admin": admin.New,
		"world": world.New, "keystore": world.NewKeystore, "link": clock.NewLink, "clock": clock.New,
		"scenario": scenario.New,
		"log":      newLog,
		"explain":  newExplain,
		"man":      newMan,
		"version":  newVersion,
	}
}

// NewRoot returns the tree of all commands.
func NewRoot(d *app.Deps) *cobra.Command {
	root := newRoot(d)
	for _, noun := range nouns() {
		root.AddCommand(noun(d))
	}
	leaf.AddGeneric(d, root, verb.All())
	lowerCobra(root)
	return root
}

// newRoot returns the command offauth without its nouns.
func newRoot(d *app.Deps) *cobra.Command {
	root := &cobra.Command{
		Use:                "offauth",
		Short:              "a flight simulator for offline login",
		Long:               "Usage: " + d.Program + " <command>. Begin with: " + d.Program + " device unlock --demo",
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true,
		Args:               app.UnknownCommand,
		PersistentPreRunE:  app.NoEmptyFlags,
		RunE:               func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(d.Streams.In)
	root.SetOut(d.Streams.Out)
	root.SetErr(d.Streams.Err)
	d.Flags.Bind(root)
	root.Flags().SortFlags = false
	// --help is well known, and the page must fit 24 lines.
	root.InitDefaultHelpFlag()
	root.Flags().Lookup("help").Hidden = true
	root.SetFlagErrorFunc(app.FlagError)
	root.SetUsageTemplate(app.UsageTemplate)
	root.SetHelpTemplate("{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}\n{{if " +
		"$.HasParent}}\n{{end}}{{end}}{{.UsageString}}")
	root.AddGroup(&cobra.Group{ID: app.GroupPeople, Title: "What people do:"},
		&cobra.Group{ID: app.GroupWorld, Title: "What the world is:"},
		&cobra.Group{ID: app.GroupLook, Title: "What happened, and why:"}, &cobra.Group{ID: app.GroupAlso, Title: "Also:"})
	return root
}

// lowerCobra rewords cobra's own commands and flags in the style of the others.
func lowerCobra(root *cobra.Command) {
	root.SetCompletionCommandGroupID(app.GroupLook)
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Hidden = true // from the first page, which is full
		cmd.Short = "print a script that lets your shell complete offauth's commands"
		cmd.Args, cmd.RunE = app.UnknownCommand, func(c *cobra.Command, _ []string) error { return c.Help() }
		for _, shell := range cmd.Commands() {
			shell.Short = "the script for " + shell.Name()
			shell.Long = "Print the script that lets " + shell.Name() + " complete commands, flags, and the names of\n" +
				"users, phones, workstations, settings and codes. It opens the world for that,\nif it can without asking.\n\n" +
				loading(shell.Name())
			if shell.Name() == "bash" {
				shell.RunE = bashScript
			}
		}
	}
}

// loading returns how to load the script in a shell.
func loading(shell string) string {
	now, always := "source <(offauth completion "+shell+")", "~/.local/share/bash-completion/completions/offauth"
	switch shell {
	case "bash":
		now += "\nIt needs the package bash-completion, and bash 4.1 or later (macOS brings 3.2)."
	case "zsh":
		always = `"${fpath[1]}/_offauth"`
	case "fish":
		now, always = "offauth completion fish | source", "~/.config/fish/completions/offauth.fish"
	case "powershell":
		return "Now and, in your profile, always:\n  offauth completion powershell | Out-String | Invoke-Expression"
	}
	return "Now:\n  " + now + "\nAlways:\n  offauth completion " + shell + " > " + always
}

// Main runs the process's command line and returns its exit code.
func Main() int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	i := &app.Interrupts{Stop: stop, Exit: os.Exit, Now: time.Now}
	i.Catch()
	return Run(ctx, app.NewDeps(i), os.Args[1:])
}

// Run runs one command line and returns its exit code. A panic is reported in
// one line, as a bug.
func Run(ctx context.Context, d *app.Deps, args []string) (code int) {
	d.Streams = d.Streams.Visible()
	defer d.Streams.Flush()
	defer func() {
		if cause := recover(); cause != nil {
			code = int(d.Bug(cause))
		}
	}()
	args = versionAsked(args)
	root := NewRoot(d)
	var err error
	if completes(args) {
		err = completion(ctx, d, root)
	} else {
		args = values(root, args)
	}
	if err == nil {
		root.SetArgs(args)
		err = root.ExecuteContext(ctx)
	}
	if err != nil && slices.Contains(args, "--json") {
		// Parsing may fail before it reaches --json.
		d.Flags.JSON = true
	}
	if failed := d.Streams.Flush(); err == nil {
		err = failed
	}
	return int(d.Finish(err))
}

// versionAsked turns --version and -v, without a command, into "version".
func versionAsked(args []string) []string {
	at := -1
	for i, a := range args {
		switch {
		case a == "--version" || a == "-v":
			at = i
		case !strings.HasPrefix(a, "-") || a == "--":
			return args
		}
	}
	if at < 0 {
		return args
	}
	rest := append(slices.Clone(args[:at]), args[at+1:]...)
	return append([]string{"version"}, rest...)
}

// negative reports whether an argument begins with a minus sign and a digit.
func negative(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && arg[1] >= '0' && arg[1] <= '9'
}

// values moves arguments such as the -5m of "clock skew SITE -5m" to the end
// behind "--", so that they are not parsed as flags. The value of a flag stays
// in its place.
func values(root *cobra.Command, args []string) []string {
	end := slices.Index(args, "--")
	if end < 0 {
		end = len(args)
	}
	cmd, _, err := root.Find(args)
	if err != nil {
		return args // which the run itself will say
	}
	var before, moved []string
	for i, a := range args[:end] {
		if negative(a) && (i == 0 || !takesValue(cmd, args[i-1])) {
			moved = append(moved, a)
			continue
		}
		before = append(before, a)
	}
	if moved == nil {
		return args
	}
	before = append(append(before, "--"), moved...)
	if end < len(args) {
		return append(before, args[end+1:]...)
	}
	return before
}

// takesValue reports whether an argument is a flag whose value is the next one.
func takesValue(cmd *cobra.Command, arg string) bool {
	name, ok := strings.CutPrefix(arg, "--")
	if !ok || strings.Contains(name, "=") {
		return false
	}
	f := cmd.Flag(name)
	return f != nil && f.NoOptDefVal == ""
}

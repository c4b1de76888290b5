package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The groups of nouns in the help.
const (
	groupPeople = "people"
	groupWorld  = "world"
	groupLook   = "look"
	groupAlso   = "also" // of which the first page has the names alone
)

// parent makes a noun with its verbs.
func parent(use, group, short string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, GroupID: group, Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(verbs...)
	return cmd
}

// unknownCommand refuses what is no verb of a noun, and offers the nearest.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return noCommand(cmd, args[0])
}

// noCommand is the fault of a word that is no verb of a noun, with the nearest
// that are.
func noCommand(cmd *cobra.Command, word string) error {
	var names, hints []string
	paths := map[string]string{}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
			paths[c.Name()] = c.CommandPath()
		}
	}
	hints = verbElsewhere(cmd.Root(), word)
	for _, name := range nearest(word, names) {
		hints = append(hints, paths[name]+" --help")
	}
	if len(hints) == 0 {
		hints = []string{cmd.CommandPath() + " --help"}
	}
	return usage(hints, "there is no command %q", strings.TrimPrefix(cmd.CommandPath()+" "+word, "offauth "))
}

// verbElsewhere finds the commands whose last word is the one that was typed,
// or that are meant by it, the shortest first: "offauth unlock" means "offauth
// device unlock" before "offauth admin user unlock".
func verbElsewhere(cmd *cobra.Command, verb string) []string {
	var found []string
	for _, c := range cmd.Commands() {
		named := c.Name() == verb && c.HasParent() && c.Parent().HasParent()
		if named || slices.Contains(c.SuggestFor, verb) {
			found = append(found, c.CommandPath()+" --help")
		}
		found = append(found, verbElsewhere(c, verb)...)
	}
	slices.SortStableFunc(found, func(a, b string) int { return strings.Count(a, " ") - strings.Count(b, " ") })
	return found
}

// atMost refuses more arguments than a verb has. What is too many is not
// repeated: it may be a secret.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return usage([]string{cmd.CommandPath() + " --help"}, "%q takes %s", cmd.CommandPath(), arguments(n))
		}
		return nil
	}
}

// exactly refuses another number of arguments than a verb has.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return usage([]string{cmd.CommandPath() + " --help"}, "say %s", what)
		}
		return atMost(n)(cmd, args)
	}
}

func arguments(n int) string {
	switch n {
	case 0:
		return "no argument"
	case 1:
		return "one argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// arg is the i-th argument, or nothing.
func arg(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

// usageTemplate is cobra's, in our voice, and short enough for 24 lines.
const usageTemplate = `{{if .HasParent}}Usage:{{if .Runnable}}{{if .HasAvailableSubCommands}} {{.CommandPath}} <command>{{else}} {{.UseLine}}{{end}}{{end}}
{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{if eq (len .Groups) 0}}
{{range $cmds}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{else}}{{range $group := .Groups}}{{.Title}}{{if eq .ID "also"}}{{range $cmds}}{{if (and (eq .GroupID "also") .IsAvailableCommand)}} {{.Name}}{{end}}{{end}}
{{else}}
{{range $cmds}}{{if (and (eq .GroupID $group.ID) .IsAvailableCommand)}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{end}}{{end}}{{end}}{{end}}{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{if and .HasAvailableLocalFlags .HasParent (not .HasAvailableSubCommands)}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if not .HasParent}}Flags of every command:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{else if .HasAvailableSubCommands}}
"{{.CommandPath}} <command> --help" tells more about each.
{{else if .HasAvailableInheritedFlags}}
"{{.Root.Name}} --help" has the flags of every command: --world, --demo, --json, -q ...
{{end}}`

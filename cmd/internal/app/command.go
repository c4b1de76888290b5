package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The groups of nouns in the help.
const (
	GroupPeople = "people"
	GroupWorld  = "world"
	GroupLook   = "look"
	GroupAlso   = "also" // of which the first page has the names alone
)

// Noun makes a noun with its verbs.
func Noun(use, group, short string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, GroupID: group, Args: UnknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(verbs...)
	return cmd
}

// UnknownCommand returns an error for an unknown verb of a noun, and suggests
// the nearest ones.
func UnknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return NoCommand(cmd, args[0])
}

// NoCommand returns the error for a word that is not a verb of a noun, with the
// nearest verbs as hints.
func NoCommand(cmd *cobra.Command, word string) error {
	var names, hints []string
	paths := map[string]string{}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
			paths[c.Name()] = c.CommandPath()
		}
	}
	hints = verbElsewhere(cmd.Root(), word)
	for _, name := range Nearest(word, names) {
		hints = append(hints, paths[name]+" --help")
	}
	if len(hints) == 0 {
		hints = []string{cmd.CommandPath() + " --help"}
	}
	return Usage(hints, "there is no command %q", strings.TrimPrefix(cmd.CommandPath()+" "+word, "offauth "))
}

// verbElsewhere returns the commands whose last word is verb, or that list it
// in SuggestFor, shortest path first: "offauth unlock" means "offauth device
// unlock" before "offauth admin user unlock".
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

// AtMost returns an error if there are more than n arguments. The message does
// not repeat them: one may be a secret.
func AtMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return Usage([]string{cmd.CommandPath() + " --help"}, "%q takes %s", cmd.CommandPath(), arguments(n))
		}
		return nil
	}
}

// Exactly returns an error unless there are n arguments; what names the missing
// ones.
func Exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return Usage([]string{cmd.CommandPath() + " --help"}, "say %s", what)
		}
		return AtMost(n)(cmd, args)
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

// Arg returns the i-th argument, or "".
func Arg(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

// UsageTemplate replaces cobra's template, so that a page fits 24 lines.
const UsageTemplate = `{{if .HasParent}}Usage:{{if .Runnable}}{{if .HasAvailableSubCommands}} {{.CommandPath}} <command>{{else}} {{.UseLine}}{{end}}{{end}}
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

// places is the key of the annotation that Takes writes.
const places = "places"

// Repeated, as the last of the places, means that the one before may be
// repeated.
const Repeated = "..."

// Takes returns the annotation that names a command's positional arguments, for
// completion.
func Takes(names ...string) map[string]string {
	return map[string]string{places: strings.Join(names, "|")}
}

// PlacesOf returns the names of a command's positional arguments.
func PlacesOf(cmd *cobra.Command) []string {
	if cmd.Annotations[places] == "" {
		return nil
	}
	return strings.Split(cmd.Annotations[places], "|")
}

package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manPage writes a command's page in roff's man macros, as "man -l" reads
// them. It holds no date, so that the same program writes the same page.
func manPage(cmd *cobra.Command, version string) string {
	var b strings.Builder
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	b.WriteString(".TH " + macroArg(strings.ToUpper(name)) + ` 1 "" ` + macroArg("offauth "+version) + ` "offauth manual"` + "\n")
	b.WriteString(".SH NAME\n" + roff(name) + ` \- ` + roff(cmd.Short) + "\n.SH SYNOPSIS\n")
	use := strings.TrimSuffix(cmd.UseLine(), " [flags]")
	if cmd.HasAvailableSubCommands() {
		use = cmd.CommandPath() + " <command>"
	}
	b.WriteString(`\fB` + roff(cmd.CommandPath()) + `\fR` + roff(strings.TrimPrefix(use, cmd.CommandPath())) + "\n.SH DESCRIPTION\n")
	paragraphs(&b, orName(cmd.Long, cmd.Short))
	if cmd.HasAvailableSubCommands() {
		b.WriteString(".SH COMMANDS\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				b.WriteString(".TP\n\\fB" + roff(c.CommandPath()) + "\\fR\n" + roff(c.Short) + "\n")
			}
		}
	}
	options(&b, "OPTIONS", cmd.NonInheritedFlags())
	options(&b, "OPTIONS OF EVERY COMMAND", cmd.InheritedFlags())
	if cmd.Example != "" {
		b.WriteString(".SH EXAMPLES\n.nf\n" + roff(cmd.Example) + "\n.fi\n")
	}
	b.WriteString(".SH SEE ALSO\n" + roff(strings.Join(seeAlso(cmd), ", ")) + "\n")
	return b.String()
}

// paragraphs writes text whose paragraphs stand apart by blank lines.
func paragraphs(b *strings.Builder, text string) {
	for i, p := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		b.WriteString(roff(p) + "\n")
	}
}

// options writes a section of flags, if there are any.
func options(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	b.WriteString(".SH " + title + "\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		head := `\fB\-\-` + roff(f.Name) + `\fR`
		if f.Shorthand != "" {
			head = `\fB\-` + f.Shorthand + `\fR, ` + head
		}
		if value != "" {
			head += ` \fI` + roff(value) + `\fR`
		}
		b.WriteString(".TP\n" + head + "\n" + roff(text) + "\n")
	})
}

// seeAlso names the pages above and below.
func seeAlso(cmd *cobra.Command) []string {
	var pages []string
	page := func(c *cobra.Command) { pages = append(pages, strings.ReplaceAll(c.CommandPath(), " ", "-")+"(1)") }
	if cmd.HasParent() {
		page(cmd.Parent())
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			page(c)
		}
	}
	return pages
}

// roff keeps roff from reading a text as its own language: a backslash, a
// hyphen that is to be copied, and a dot or quote that begins a line.
func roff(text string) string {
	lines := strings.Split(strings.NewReplacer(`\`, `\e`, `-`, `\-`, "`", `\(ga`).Replace(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// macroArg makes a text one argument of a macro.
func macroArg(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `\(dq`) + `"` }

package leaf

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/cmd/internal/app"
)

// AddGeneric adds a command for each verb that has none, made from its row
// alone, so that a new family has a command line before anybody writes one.
func AddGeneric(d *app.Deps, root *cobra.Command, rows []family.Verb) {
	for _, row := range rows {
		if row.Action == nil {
			continue
		}
		parents, last := cutLast(row.Name)
		at := root
		for _, word := range strings.Fields(parents) {
			noun := below(at, word)
			if noun == nil {
				noun = app.Noun(word, "", "the verbs of "+word)
				at.AddCommand(noun)
			}
			at = noun
		}
		if below(at, last) == nil {
			at.AddCommand(generic(row).command(d, row))
		}
	}
}

// below returns the subcommand with that name.
func below(cmd *cobra.Command, name string) *cobra.Command {
	i := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
	if i < 0 {
		return nil
	}
	return cmd.Commands()[i]
}

// generic returns the leaf of a row without texts of its own.
func generic(row family.Verb) Leaf[any] {
	in := &input{row: row, places: defaultPlaces(row)}
	example := "  " + strings.TrimSpace("offauth "+row.Name+" "+strings.ToUpper(in.usage(nil)))
	l := Leaf[any]{
		Action: row.Action, Short: row.Doc, Long: documented(row), Example: example,
		Check: func(c *Call) error {
			for _, a := range c.Row.Args {
				value := c.Text(a.Name)
				if len(a.OneOf) > 0 && value != "" && !c.Accepts(a.Name, value) {
					return app.Usage([]string{"offauth " + row.Name + " --help"}, "%s is %s, not %q", a.Name,
						strings.Join(a.OneOf, " or "), value)
				}
			}
			return nil
		},
		Report: reported,
	}
	if i := slices.IndexFunc(row.Args, isSecret); i >= 0 {
		l.Secret = func(ctx context.Context, c *Call) (authn.Secret, error) {
			if !c.Stdin && !row.Args[i].Required {
				return authn.Secret{}, nil
			}
			return c.SecretFrom(ctx, row.Args[i].Name, "offauth "+row.Name+" --stdin < FILE", c.Stdin)
		}
	}
	return l
}

// documented returns a row's help: what the verb does, and the codes that
// refuse it.
func documented(row family.Verb) string {
	text := strings.ToUpper(row.Doc[:1]) + row.Doc[1:] + "."
	if len(row.Refusals) > 0 {
		codes := app.NamesOf(row.Refusals, func(c authn.Code) string { return string(c) })
		text += " It can be refused with " + strings.Join(codes, ", ") + `; "offauth explain CODE" says why.`
	}
	return strings.Join(app.Wrapped(text, 79), "\n")
}

// reported prints each field of the result on a line.
func reported(_ context.Context, c *Call, r any, rep *app.Report) error {
	if p := c.Outcome.Pending; p != nil {
		rep.Lines = []string{fmt.Sprintf("it waits for %s until %s", p.Waiting, c.When(p.Until, c.Outcome.At))}
		return nil
	}
	if r == nil {
		rep.Lines = []string{"done"}
		return nil
	}
	text, err := json.Marshal(app.Object(r))
	if err != nil {
		return err
	}
	var values map[string]any
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	rows := [][]string{}
	for _, name := range c.Row.ResultNames() {
		rows = append(rows, []string{name, fmt.Sprint(values[name])})
	}
	rep.Lines = app.Table(rows)
	return nil
}

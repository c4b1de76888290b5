// Package leaf makes a command from the row of its verb: its usage, arguments,
// flags, completion, JSON and exit code. A command with a dialog (it draws,
// waits, or asks for more than a secret) is written out instead.
package leaf

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

// Leaf holds what the row of a verb does not: the texts of the command, and the
// wording of its result R. Required are Action, the texts, and Lines or Report.
type Leaf[R any] struct {
	// Action is a zero Action, which selects the row.
	Action authn.Action
	// Use is the usage after the command's name, if it differs from the row's.
	Use string
	// Args checks the number of arguments, if it differs from the row's.
	Args cobra.PositionalArgs
	// Places are the positional arguments, in order. By default they are the
	// required ones and the workstation or provider.
	Places []string
	// Missing describes a missing required argument: "what the phone is
	// called".
	Missing string
	// Short, Long and Example are the help texts.
	Short, Long, Example string
	// PhoneFlag reports whether a positional phone also has its flag.
	PhoneFlag bool
	// Flags holds the texts and defaults of flags, by name, where they differ
	// from the row's Doc. Stdin is the text of --stdin for a verb with a
	// secret.
	Flags map[string]Flag
	Stdin string

	// Check checks the command line before a world is opened.
	Check func(*Call) error
	// Pick fills in the names that were left out. By default they are picked by
	// the roles of the row.
	Pick func(context.Context, *Call) error
	// Secret asks for the verb's secret.
	Secret func(context.Context, *Call) (authn.Secret, error)
	// Lines returns the result as text; Report fills in more of the report.
	Lines  func(*Call, R) []string
	Report func(context.Context, *Call, R, *app.Report) error
	// About returns the subject of the next step, for a verb that prepares a
	// world.
	About func(*Call, R) pick.Concerned
}

// None is the result of a verb without one; its JSON is the Action's, unless
// Report sets it.
type None = struct{}

// Flag is the help of a flag, and its default value.
type Flag struct {
	Text    string
	Default string
	Number  int // the default of a number
	// Optional reports whether the flag may be left out although the row
	// requires the argument: the command finds the value.
	Optional bool
}

// Call is one run of a command.
type Call struct {
	*app.Deps
	Row family.Verb
	// Values holds the arguments by their names in the row, first as typed and
	// then as picked; empty ones are left out. Who holds the flags --phone and
	// --user.
	Values family.Values
	Who    app.Who
	// Args are the arguments as they were typed, and places the names of those
	// in the row that are positional.
	Args   []string
	places []string
	// Stdin reports whether the secret comes from stdin.
	Stdin bool
	// World and its Roster are available from Pick on, Outcome in Lines, Report
	// and About.
	World   *app.World
	Roster  authn.Roster
	Outcome authn.Outcome
}

// Text returns an argument that is a text or a name, or "".
func (c *Call) Text(name string) string { s, _ := c.Values[name].(string); return s }

// Words returns an argument that is a list.
func (c *Call) Words(name string) []string { words, _ := c.Values[name].([]string); return words }

// Settings returns the settings that a verb changes.
func (c *Call) Settings() []authn.Setting {
	for _, value := range c.Values {
		if all, ok := value.([]authn.Setting); ok {
			return all
		}
	}
	return nil
}

// Set sets a text or a name; an empty one is removed.
func (c *Call) Set(name, text string) {
	delete(c.Values, name)
	if text != "" {
		c.Values[name] = text
	}
}

// On reports whether a flag without a value was given.
func (c *Call) On(name string) bool { on, _ := c.Values[name].(bool); return on }

// New returns the command of a leaf.
func New[R any](d *app.Deps, l Leaf[R]) *cobra.Command {
	row, ok := verb.Of(l.Action)
	if !ok {
		panic(fmt.Sprintf("leaf: %T has no row", l.Action)) // which a test would have met
	}
	return l.command(d, row)
}

func (l Leaf[R]) command(d *app.Deps, row family.Verb) *cobra.Command {
	in := &input{row: row, places: l.Places, texts: map[string]*string{}, flags: map[string]*bool{},
		numbers: map[string]*int{}}
	if l.Places == nil {
		in.places = defaultPlaces(row)
	}
	_, name := cutLast(row.Name)
	use := l.Use
	if use == "" {
		use = in.usage(l.Flags)
	}
	cmd := &cobra.Command{
		Use: strings.TrimSpace(name + " " + use), Short: l.Short, Long: l.Long, Example: l.Example,
		Args:        in.args(l.Missing),
		Annotations: app.Takes(in.takes()...),
		RunE: func(cmd *cobra.Command, args []string) error {
			c := &Call{Deps: d, Row: row, Who: in.who, Stdin: in.stdin, Args: args, places: in.places}
			var err error
			if c.Values, err = in.values(args); err != nil {
				return err
			}
			c.Who = app.Who{Phone: c.phone(), User: cmp.Or(c.Who.User, c.Text("user"))}
			if l.Check != nil {
				if err := l.Check(c); err != nil {
					return err
				}
			}
			return l.run(cmd.Context(), c)
		},
	}
	if l.Args != nil {
		cmd.Args = l.Args
	}
	in.bind(cmd, l.Flags, l.Stdin, l.PhoneFlag)
	return cmd
}

// phone returns the phone that was named as an argument, else by its flag.
func (c *Call) phone() string {
	for _, a := range c.Row.Args {
		if name := c.Text(a.Name); a.Kind == family.ArgName && a.Role == authn.RolePhone && name != "" {
			return name
		}
	}
	return c.Who.Phone
}

// run applies the verb in its world and prints the report.
func (l Leaf[R]) run(ctx context.Context, c *Call) error {
	return c.Within(ctx, func(w *app.World) error {
		c.World = w
		if err := l.fill(ctx, c); err != nil {
			return err
		}
		a, err := c.Row.Build(c.Values)
		if err != nil {
			return err
		}
		if c.Outcome, err = pick.Act(ctx, w, c.Roster, a); err != nil {
			if c.Row.Role == authn.RoleProvider {
				pick.MeanSubject(c.Deps, c.Roster, err)
			}
			return err
		}
		var r R
		if c.Row.Result != nil && c.Outcome.Pending == nil {
			if r, err = app.ResultOf[R](c.Outcome); err != nil {
				return err
			}
		}
		rep := app.Report{World: w.Name, Outcome: c.Outcome}
		rep.Result = app.Object(a)
		if c.Row.Result != nil && c.Outcome.Pending == nil {
			rep.Result = app.Object(r)
		}
		if err := l.word(ctx, c, r, &rep); err != nil {
			return err
		}
		return c.Print(rep)
	})
}

// fill picks the names that were left out, and asks for the secret.
func (l Leaf[R]) fill(ctx context.Context, c *Call) error {
	names := slices.ContainsFunc(c.Row.Args, func(a family.Arg) bool {
		return a.Kind == family.ArgName && a.Name != c.Row.Makes.Arg
	})
	var err error
	if names {
		if c.Roster, err = c.World.Roster(ctx); err != nil {
			return err
		}
	}
	choose := l.Pick
	if choose == nil {
		choose = byRoles
	}
	if err := choose(ctx, c); err != nil || l.Secret == nil {
		return err
	}
	secret, err := l.Secret(ctx, c)
	if i := slices.IndexFunc(c.Row.Args, isSecret); i >= 0 && !secret.Empty() {
		c.Values[c.Row.Args[i].Name] = secret
	}
	return err
}

// word fills in the report.
func (l Leaf[R]) word(ctx context.Context, c *Call, r R, rep *app.Report) error {
	if l.Lines != nil {
		rep.Lines = l.Lines(c, r)
	}
	if l.Report != nil {
		if err := l.Report(ctx, c, r, rep); err != nil {
			return err
		}
	}
	if l.About == nil {
		return nil
	}
	snap, err := c.World.Snapshot(ctx, authn.Scope{})
	rep.Next = pick.NextStep(snap, l.About(c, r))
	return err
}

// byRoles fills in each name by its role.
func byRoles(ctx context.Context, c *Call) error {
	for _, a := range c.Row.Args {
		if a.Kind != family.ArgName || a.Name == c.Row.Makes.Arg {
			continue
		}
		name, err := c.one(ctx, a)
		if err != nil {
			return err
		}
		c.Set(a.Name, name)
	}
	return nil
}

// one returns the name for one argument.
func (c *Call) one(ctx context.Context, a family.Arg) (string, error) {
	name := c.Text(a.Name)
	switch {
	case a.Role == authn.RolePhone:
		phone, err := pick.OnePhone(ctx, c.Deps, c.Roster, c.Who, "")
		if err == nil {
			pick.MeanPhone(c.Deps, c.Roster, phone)
		}
		return phone.Name, err
	case a.Role == authn.RoleWorkstation:
		return pick.Workstation(c.Roster, name)
	case a.Role == authn.RoleProvider:
		return pick.Provider(c.World, c.Roster, name)
	case a.User && (a.Required || a.Only):
		return pick.Owner(ctx, c.Deps, c.Roster.Users, name, c.naming(a))
	case a.User && name != "":
		return pick.KnownUser(c.Roster.Users, name)
	case a.Name == "site":
		site, err := pick.SiteOf(c.Roster, name, false)
		return string(site), err
	}
	return name, nil
}

// naming returns the start of a hint that says how to name a user.
func (c *Call) naming(a family.Arg) string {
	if slices.Contains(c.places, a.Name) {
		return "offauth " + c.Row.Name
	}
	return "say which with --" + a.Name
}

// isSecret reports whether an argument is a secret, which is never a positional
// argument or flag.
func isSecret(a family.Arg) bool { return a.Kind == family.ArgSecret }

// cutLast splits a verb's name before its last word.
func cutLast(name string) (parents, last string) {
	i := strings.LastIndex(name, " ")
	return name[:max(i, 0)], name[i+1:]
}

// span parses a span for Values.
func span(text string) (any, error) { by, err := app.ParseSpan(text); return by, err }

// instant parses an instant for Values.
func instant(text string) (any, error) {
	var t time.Time
	t, err := app.Instant(text)
	return t, err
}

// Accepts reports whether the row accepts a value.
func (c *Call) Accepts(name, value string) bool {
	a, _ := c.Row.Arg(name)
	return slices.Contains(a.OneOf, value)
}

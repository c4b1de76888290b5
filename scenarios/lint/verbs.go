package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/check"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// verb reads a verb with its arguments.
func (l *stepReader) verb(step *story.Step, n *syntax.Node, kind syntax.Pair, s *resolve.Scope) story.Do {
	do := story.Do{Verb: l.Verbs[kind.Key]}
	v := do.Verb
	meant, beside := refusalExpected(n), n
	n = kind.Value
	if n.Kind == syntax.Null {
		n = &syntax.Node{Pos: kind.At, Kind: syntax.Map}
	}
	if n.Kind != syntax.Map {
		l.Foundf(n.Pos, "OA201", l.argumentsHelp(v), "%s takes a mapping of arguments, got %s", v.Name, resolve.Say(n))
		return do
	}
	if shape.TakesSettings(v) {
		l.policySet(&do, n, meant, s)
		return do
	}
	for _, p := range n.Pairs {
		arg, isArg := v.Arg(p.Key)
		switch {
		case p.Key == "by" && !(isArg && arg.Role == ""): // in clock back, "by" is a duration
			do.By = l.actorArg(v, "done by", v.Role, p.Value, s)
		case p.Key == "for" && shape.Other(v) != "":
			do.For = l.actorArg(v, "done for", shape.Other(v), p.Value, s)
		case isArg && arg.Role != "":
			word, meant := "for", &do.For
			if arg.Role == v.Role {
				word, meant = "by", &do.By
			}
			*meant = &story.Value{Node: p.Value} // report the mistake only once
			l.Foundf(p.At, "OA101", fmt.Sprintf("write %s: %s", word, orDots(p.Value)), "unknown key %q in %s", p.Key, v.Name)
		case isArg:
			do.Args = append(do.Args, story.Arg{Name: p.Key, Value: l.argument(v, arg, p.Value, s)})
		case strings.HasPrefix(p.Key, "x-"):
		default:
			l.Foundf(p.At, "OA101", spelling.Suggest(p.Key, missing(arguments(v), n)), "unknown key %q in %s", p.Key, v.Name)
		}
	}
	l.leftOut(step, do, n, beside)
	return do
}

// policySet reads settings: directly below the verb, or below "settings" if they
// are those of one user (O6).
func (l *stepReader) policySet(do *story.Do, n *syntax.Node, meant bool, s *resolve.Scope) {
	own := n.Get("settings")
	if own == nil {
		do.Settings = l.CheckedSettings(n, meant, s)
		return
	}
	for _, p := range n.Pairs {
		switch p.Key {
		case "settings":
			if own.Kind != syntax.Map {
				l.Foundf(own.Pos, "OA201", "", "settings must be a mapping, got %s", resolve.Say(own))
			}
			do.Settings = l.SettingEntries(own, s)
		case "user":
			l.RefsIn(p.Value, s)
			do.Args = append(do.Args, story.Arg{Name: p.Key, Value: story.Compile(verb.Name, p.Value)})
		default:
			l.Foundf(p.At, "OA101", spelling.Suggest(p.Key, missing([]string{"user", "settings"}, n)), "unknown key %q in %s",
				p.Key, do.Verb.Name)
		}
	}
}

// arguments returns the names of a verb's arguments in a step.
func arguments(v verb.Verb) []string {
	names := []string{}
	for _, a := range v.Args {
		if a.Role == "" {
			names = append(names, a.Name)
		}
	}
	names = append(names, "by")
	if shape.Other(v) != "" {
		names = append(names, "for")
	}
	return names
}

func missing(names []string, n *syntax.Node) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return n.Get(name) != nil })
}

func (l *stepReader) argumentsHelp(v verb.Verb) string {
	for _, a := range v.Args {
		if a.Role == "" {
			return fmt.Sprintf("write %s: {%s: ...}", v.Name, a.Name)
		}
	}
	return fmt.Sprintf("write %s:", v.Name)
}

// leftOut reports missing arguments, and actors that must be named because a role
// has several. It skips arguments beside the verb instead of below it, which are
// findings already.
func (l *stepReader) leftOut(step *story.Step, do story.Do, n, beside *syntax.Node) {
	v := do.Verb
	for _, a := range v.Args {
		if beside.Get(a.Name) != nil {
			continue
		}
		if a.Required && a.Role == "" && n.Get(a.Name) == nil && !misspelt(n, arguments(v), a.Name) {
			l.Foundf(step.Pos, "OA207", a.Doc, "%s needs the argument %q", v.Name, a.Name)
		}
		if many := l.People(); a.Only && len(many) > 1 && !l.Open && n.Get(a.Name) == nil &&
			!misspelt(n, arguments(v), a.Name) {
			l.Foundf(step.Pos, "OA207", fmt.Sprintf("write %s: %s", a.Name, strings.Join(many, " or ")),
				"%s needs the argument %q, as there are several", v.Name, a.Name)
		}
	}
	l.mustName(step, v, v.Role, do.By != nil || beside.Get("by") != nil, "by")
	if role := shape.Other(v); role != "" {
		l.mustName(step, v, role, do.For != nil || beside.Get("for") != nil, "for")
	}
}

// misspelt reports whether a missing argument is present but misspelt.
func misspelt(n *syntax.Node, names []string, name string) bool {
	for _, p := range n.Pairs {
		if !slices.Contains(names, p.Key) && spelling.Nearest(p.Key, missing(names, n)) == name {
			return true
		}
	}
	return false
}

// mustName reports a step that does not name its actor although the story has none
// or several of the role. Actors that steps create do not count.
func (l *stepReader) mustName(step *story.Step, v verb.Verb, role authn.Role, named bool, word string) {
	if named || role == authn.RoleAdmin || role == authn.RoleServer || role == authn.RoleWorld || l.Open ||
		v.Makes.Arg != "" {
		return
	}
	first, many := 0, l.Of(role)
	for _, a := range l.Actors {
		if !slices.Contains(shape.Roles, string(a.Role)) {
			return // this actor may have the role
		}
		if a.Role == role && !a.Made {
			first++
		}
	}
	switch {
	case len(many) == 0:
		l.Foundf(step.Pos, "OA304", fmt.Sprintf("add it to actors: {NAME: {role: %s}}", role),
			"%s needs a %s, and there is none", v.Name, role)
	case first > 1:
		l.Foundf(step.Pos, "OA304", fmt.Sprintf("write %s: {%s: %s}; there are %s", v.Name, word, many[0],
			strings.Join(many, ", ")), "%s does not say which %s", v.Name, role)
	}
}

// actorArg reads "by" or "for": the actor that does a verb, or the other one.
func (l *stepReader) actorArg(v verb.Verb, how string, role authn.Role, n *syntax.Node, s *resolve.Scope) *story.Value {
	for _, known := range l.Refs(n, s) {
		if !l.Text("an actor", known) {
			continue
		}
		a, ok := l.Actor(known.Text)
		server := known.Text == "server" || known.Text == "admin"
		switch {
		case !ok && server && resolve.HasRole(authn.RoleServer, role):
		case !ok && !l.Open:
			l.Foundf(known.Pos, "OA304", spelling.Suggest(known.Text, l.Of(role)), "no such actor: %q", known.Text)
		case ok && !resolve.HasRole(a.Role, role):
			l.Foundf(known.Pos, "OA308", spelling.OneOf(l.Of(role)), "%s is a %s; %s is %s a %s", a.Name, a.Role, v.Name, how,
				role)
		}
	}
	named := story.Compile(verb.Name, n)
	return &named
}

// argument reads the value of an argument by its kind.
func (l *stepReader) argument(v verb.Verb, a verb.Arg, n *syntax.Node, s *resolve.Scope) story.Value {
	l.checkArgument(v, a, n, s)
	return story.Compile(a.Kind, n)
}

func (l *stepReader) checkArgument(v verb.Verb, a verb.Arg, n *syntax.Node, s *resolve.Scope) {
	if a.Kind == verb.List {
		l.words(a, n, s)
		return
	}
	kinds := map[verb.ArgKind]shape.Kind{verb.Flag: shape.BoolKind, verb.Number: shape.IntKind,
		verb.Span: shape.DurationKind, verb.Instant: shape.InstantKind}
	if k, ok := kinds[a.Kind]; ok {
		l.Typed(a.Name, shape.Field{Kind: k}, n, s)
		return
	}
	known := l.Refs(n, s)
	if len(known) == 0 {
		l.CheckReference(n, s, check.Against{Label: a.Name, Kind: state.Text})
	}
	for _, word := range known {
		if len(a.OneOf) > 0 {
			l.Choice(a.Name, a.OneOf, word)
		} else if l.Text(a.Name, word) {
			l.named(v, a, word)
		}
	}
}

// words checks a list of words; a single word is a list of one.
func (l *stepReader) words(a verb.Arg, n *syntax.Node, s *resolve.Scope) {
	for _, known := range l.Refs(n, s) {
		items := known.Items
		if known.Kind != syntax.List {
			items = []*syntax.Node{known}
		}
		for _, item := range items {
			for _, word := range l.Refs(item, s) {
				if len(a.OneOf) > 0 {
					l.Choice(a.Name, a.OneOf, word)
				} else {
					l.Text("an item of "+a.Name, word)
				}
			}
		}
	}
}

// named checks a name: the form of a new one, and whether any other exists.
func (l *stepReader) named(v verb.Verb, a verb.Arg, n *syntax.Node) {
	switch {
	case a.Kind != verb.Name:
	case v.Makes.Arg == a.Name:
		if authn.CheckName(n.Text) != nil {
			l.Foundf(n.Pos, "OA202", "1 to 64 letters, digits, ., _, @ and -, the first a letter or digit", "%s cannot be %q",
				a.Name, n.Text)
		}
	case !a.User:
		l.actorName(a.Name, n, resolve.NewScope(""), v.Role)
	case !l.Open && !l.User(n.Text):
		l.Foundf(n.Pos, "OA304", spelling.Suggest(n.Text, l.Users), "no such user: %q", n.Text)
	}
}

package leaf

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/cmd/internal/app"
)

// input parses a command line into the arguments of a row.
type input struct {
	row     family.Verb
	places  []string
	texts   map[string]*string
	flags   map[string]*bool
	numbers map[string]*int
	who     app.Who
	stdin   bool
	set     *pflag.FlagSet
}

// defaultPlaces returns the arguments that are positional by default.
func defaultPlaces(row family.Verb) []string {
	places := []string{}
	for _, a := range row.Args {
		acts := a.Role == authn.RoleWorkstation || a.Role == authn.RoleProvider
		if a.Kind != family.ArgSecret && a.Kind != family.ArgFlag && (a.Required || acts) {
			places = append(places, a.Name)
		}
	}
	return places
}

// arg returns the row's argument with that name.
func (in *input) arg(name string) family.Arg {
	a, _ := in.row.Arg(name)
	return a
}

// usage returns the usage line: the positional arguments and the required
// flags.
func (in *input) usage(flags map[string]Flag) string {
	var words []string
	for _, name := range in.places {
		a := in.arg(name)
		switch {
		case len(a.OneOf) > 0 && len(a.OneOf) <= 3:
			words = append(words, "{"+strings.Join(a.OneOf, " | ")+"}")
			continue
		case a.Kind == family.ArgSpan:
			name = "span"
		case a.Kind == family.ArgInstant:
			name = "time"
		}
		if a.Required && !a.Only {
			words = append(words, "<"+name+">")
		} else {
			words = append(words, "["+name+"]")
		}
	}
	for _, a := range in.row.Args {
		if a.Required && a.Kind == family.ArgText && !slices.Contains(in.places, a.Name) &&
			flags[flagName(a)].Default == "" && !flags[flagName(a)].Optional {
			words = append(words, "--"+flagName(a)+" <"+a.Name+">")
		}
	}
	return strings.Join(words, " ")
}

// args returns the check of the number of arguments.
func (in *input) args(missing string) cobra.PositionalArgs {
	least, list := 0, false
	for _, name := range in.places {
		a := in.arg(name)
		list = list || repeated(a)
		if a.Required && !a.Only {
			least++
		}
	}
	if missing == "" {
		missing = strings.Join(in.places, " and ")
	}
	switch {
	case list:
		return cobra.ArbitraryArgs
	case least == len(in.places) && least > 0:
		return app.Exactly(least, missing)
	}
	return app.AtMost(len(in.places))
}

// flagName returns the flag of an argument.
func flagName(a family.Arg) string { return strings.ReplaceAll(a.Name, "_", "-") }

// bind adds a flag for each argument that is not positional and, if byFlag is
// set, for the phone in any case.
func (in *input) bind(cmd *cobra.Command, texts map[string]Flag, stdin string, byFlag bool) {
	flags := cmd.Flags()
	in.set = flags
	for _, a := range in.row.Args {
		text := texts[flagName(a)]
		if text.Text == "" {
			text.Text = a.Doc
		}
		switch {
		case a.Kind == family.ArgSecret:
			if stdin == "" {
				stdin = "read " + a.Doc + " from the first line of stdin"
			}
			flags.BoolVar(&in.stdin, "stdin", false, stdin)
		case a.Kind == family.ArgName && a.Role == authn.RolePhone && a.Name != in.row.Makes.Arg:
			if _, own := in.row.Arg("user"); !own {
				in.who.BindUser(cmd)
			}
			if byFlag || !slices.Contains(in.places, a.Name) {
				in.who.BindPhone(cmd)
			}
		case slices.Contains(in.places, a.Name):
		case a.Kind == family.ArgFlag:
			in.flags[a.Name] = flags.Bool(flagName(a), false, text.Text)
		case a.Kind == family.ArgNumber:
			in.numbers[a.Name] = flags.Int(flagName(a), text.Number, text.Text)
		default:
			in.texts[a.Name] = flags.String(flagName(a), text.Default, text.Text)
		}
	}
}

// values parses the arguments and flags.
func (in *input) values(args []string) (family.Values, error) {
	values := family.Values{}
	for name, on := range in.flags {
		if *on {
			values[name] = true
		}
	}
	for name, n := range in.numbers {
		if *n != 0 || in.set.Changed(flagName(in.arg(name))) {
			values[name] = *n
		}
	}
	texts := map[string]string{}
	for name, text := range in.texts {
		texts[name] = *text
	}
	for i, name := range in.places {
		a, rest := in.arg(name), args[min(i, len(args)):]
		if a.Kind == family.ArgSettings {
			settings, err := settingsOf(in.row.Name, rest)
			if err != nil {
				return nil, err
			}
			values[name] = settings
			break
		}
		if a.Kind == family.ArgList {
			texts[name] = strings.Join(rest, ",")
			break
		}
		texts[name] = app.Arg(args, i)
	}
	for name, text := range texts {
		value, err := valueOf(in.arg(name).Kind, text)
		if err != nil {
			return nil, err
		}
		if text != "" {
			values[name] = value
		}
	}
	return values, nil
}

// takes returns the names of the positional arguments, for completion.
func (in *input) takes() []string {
	takes := slices.Clone(in.places)
	if n := len(takes); n > 0 && repeated(in.arg(takes[n-1])) {
		takes = append(takes, app.Repeated)
	}
	return takes
}

// repeated reports whether an argument may be given several times.
func repeated(a family.Arg) bool { return a.Kind == family.ArgList || a.Kind == family.ArgSettings }

// settingsOf parses settings, each as KEY=VALUE and only once.
func settingsOf(verb string, args []string) ([]authn.Setting, error) {
	var settings []authn.Setting
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			hints := []string{"offauth " + verb + " " + app.ShellWord(key) + "=VALUE", "offauth admin policy show"}
			return nil, app.Usage(hints, "%q is not KEY=VALUE", arg)
		}
		if slices.ContainsFunc(settings, func(s authn.Setting) bool { return string(s.Key) == key }) {
			return nil, app.Usage(nil, "the setting %s is given twice", key)
		}
		settings = append(settings, authn.Setting{Key: authn.SettingKey(key), Value: value})
	}
	return settings, nil
}

// valueOf parses the text of one argument.
func valueOf(kind family.ArgKind, text string) (any, error) {
	switch {
	case text == "":
		return nil, nil
	case kind == family.ArgSpan:
		return span(text)
	case kind == family.ArgInstant:
		return instant(text)
	case kind == family.ArgList:
		words := strings.Split(text, ",")
		for i := range words {
			words[i] = strings.TrimSpace(words[i])
		}
		return words, nil
	}
	return text, nil
}

package app

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// Flags are the flags that every command has.
type Flags struct {
	// World (--world) and Demo (--demo) select the world.
	World string
	Demo  bool
	// JSON and Quiet select the form of the output.
	JSON, Quiet bool
	// Keystore and Identity select the vault and the identity that opens it.
	Keystore, Identity string
}

// DemoWorld is the name of the demo's world.
const DemoWorld = "demo"

// Bind adds the flags to the root command.
func (f *Flags) Bind(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringVar(&f.World, "world", "", "act in the world `NAME` (OFFAUTH_WORLD)")
	flags.BoolVar(&f.Demo, "demo", false, "act in the world demo, made if it is not there")
	flags.BoolVar(&f.JSON, "json", false, "answer with one JSON object on stdout")
	flags.BoolVarP(&f.Quiet, "quiet", "q", false, "the bare result, and no talk")
	flags.StringVar(&f.Keystore, "keystore", "", "the `KIND` of vault: os or file (OFFAUTH_KEYSTORE)")
	flags.StringVar(&f.Identity, "identity", "", "`FILE` with the vault's age identity (OFFAUTH_IDENTITY)")
}

// worldFlags returns the flags that select this world and open its vault, for a
// command in a hint, unless the command has them already.
func (f Flags) worldFlags(command string) string {
	var b strings.Builder
	switch {
	case strings.Contains(command, "--demo") || strings.Contains(command, "--world"):
	case f.Demo:
		b.WriteString(" --demo")
	case f.World != "":
		b.WriteString(" --world " + f.World)
	}
	if f.Identity != "" && !strings.Contains(command, "--identity") {
		b.WriteString(" --identity " + ShellWord(f.Identity))
	}
	return b.String()
}

// ShellWord quotes a text for a POSIX shell if needed.
func ShellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%,=", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	if authn.Visible(s) != s { // what a terminal would obey, or not show, is spelled
		var b strings.Builder
		for _, c := range []byte(s) {
			if c < 0x80 && plain(rune(c)) || c == ' ' {
				b.WriteByte(c)
				continue
			}
			fmt.Fprintf(&b, `\x%02x`, c)
		}
		return "$'" + b.String() + "'"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Who holds the flags of a verb that could mean several phones or users.
type Who struct {
	Phone, User string
}

// BindPhone adds the flag --phone.
func (w *Who) BindPhone(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.Phone, "phone", "", "the phone `NAME`, where there are several")
}

// Bind adds --phone and --user.
func (w *Who) Bind(cmd *cobra.Command) {
	w.BindPhone(cmd)
	w.BindUser(cmd)
}

// BindUser adds the flag --user.
func (w *Who) BindUser(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.User, "user", "", "only phones of the user `NAME`")
}

// FlagError returns the error of an unknown or invalid flag, and suggests the
// nearest.
func FlagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return invalidValue(cmd, invalid)
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return Usage([]string{cmd.CommandPath() + " --help"}, "%s", LowerFirst(err.Error()))
	}
	name := unknown.GetSpecifiedName()
	switch strings.ToLower(name) {
	case "pin", "password", "passphrase", "otp", "code", "secret":
		return Usage([]string{"hand it over with --stdin, or type it when asked"},
			"a secret is never a flag: everybody on the machine sees it in the list of processes")
	}
	var names, hints []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	for _, n := range Nearest(name, names) {
		hints = append(hints, "did you mean --"+n+"?")
	}
	dashes := "--"
	if len(name) == 1 {
		dashes = "-"
	}
	return Usage(append(hints, cmd.CommandPath()+" --help"), "%q has no flag %s%s", cmd.CommandPath(), dashes, name)
}

// invalidValue returns the error of a flag's invalid value.
func invalidValue(cmd *cobra.Command, err *pflag.InvalidValueError) error {
	f := err.GetFlag()
	kind, _, _ := strings.Cut(strings.TrimRight(f.Value.Type(), "0123456789"), "Slice")
	wants, known := map[string]string{
		"int": "a whole number", "uint": "a whole number that is not negative", "float": "a number",
		"bool": "true or false", "duration": "a span such as 90s or 5m",
	}[kind]
	switch {
	case !known:
		return Usage([]string{cmd.CommandPath() + " --help"}, "--%s: %v", f.Name, err.Unwrap())
	case errors.Is(err, strconv.ErrRange):
		wants += " that is not as large"
	}
	return Usage([]string{cmd.CommandPath() + " --help"}, "--%s wants %s, not %q", f.Name, wants, err.GetValue())
}

// NoEmptyFlags returns an error for a flag that is set to "": with a script's
// unset variable it would mean another user or phone. Free texts may be empty.
func NoEmptyFlags(cmd *cobra.Command, _ []string) error {
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		text := slices.Contains([]string{"context", "title"}, f.Name)
		if f.Value.Type() == "string" && f.Value.String() == "" && !text && err == nil {
			err = Usage([]string{"leave --" + f.Name + " out, or give it a value"}, "--%s is empty", f.Name)
		}
	})
	return err
}

// flags returns the flags that select the same phone and user for a command
// (without its program name), or "" if the command names one itself.
func (m Who) flags(command string) string {
	words := strings.Fields(command)
	said := func(w string) bool { return strings.HasPrefix(w, "--phone") || strings.HasPrefix(w, "--user") }
	if len(words) < 2 || slices.ContainsFunc(words, said) {
		return ""
	}
	if command == "admin user show" && m.User != "" {
		return " " + m.User
	}
	switch strings.Join(words[:2], " ") {
	case hypr.Tap{}.Verb(), hypr.Unlock{}.Verb(), hypr.Pair{}.Verb(), hypr.Hide{}.Verb(), authn.Cancel{}.Verb(),
		authn.RestartDevice{}.Verb(), "device passkey", encap.Activate{}.Verb(), encap.Auth{}.Verb(), "device method",
		encap.Scan{}.Verb(), encap.Approve{}.Verb(), encap.Passcode{}.Verb(), onespan.OTP{}.Verb(),
		encap.Challenge{}.Verb():
		if m.Phone != "" {
			return " --phone " + m.Phone
		}
	case hypr.Login{}.Verb(), "tray status", onespan.Update{}.Verb():
	default:
		return ""
	}
	if m.User != "" {
		return " --user " + m.User
	}
	return ""
}

// FlagWorld returns the world that the flags select, for an error about a world
// that was not opened.
func (d *Deps) FlagWorld() string {
	switch {
	case d.Flags.Demo:
		return DemoWorld
	case d.Flags.World != "":
		return d.Flags.World
	}
	return ""
}

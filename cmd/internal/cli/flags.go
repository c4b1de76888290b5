package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

// Flags are those that every command has.
type Flags struct {
	// World is --world, Demo --demo: which world.
	World string
	Demo  bool
	// JSON and Quiet say how to answer.
	JSON, Quiet bool
	// Keystore and Identity say where the keys live and what opens them.
	Keystore, Identity string
}

// demoWorld is the name of the world that --demo stands for.
const demoWorld = "demo"

// bind puts the flags on the root command.
func (f *Flags) bind(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringVar(&f.World, "world", "", "act in the world `NAME` (OFFAUTH_WORLD)")
	flags.BoolVar(&f.Demo, "demo", false, "act in the world demo, made if it is not there")
	flags.BoolVar(&f.JSON, "json", false, "answer with one JSON object on stdout")
	flags.BoolVarP(&f.Quiet, "quiet", "q", false, "the bare result, and no talk")
	flags.StringVar(&f.Keystore, "keystore", "", "the `KIND` of vault: os or file (OFFAUTH_KEYSTORE)")
	flags.StringVar(&f.Identity, "identity", "", "`FILE` with the vault's age identity (OFFAUTH_IDENTITY)")
}

// worldFlags repeats the flags that picked the world and opened its vault, as
// a command that the user copies needs them again; -- that is, unless it has
// them already.
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
		b.WriteString(" --identity " + shellWord(f.Identity))
	}
	return b.String()
}

// shellWord quotes a text for a POSIX shell if it needs it.
func shellWord(s string) string {
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

// who are the flags of a verb that could mean more than one phone or user.
type who struct {
	phone, user string
}

// bindPhone gives a verb of a phone its flags.
func (w *who) bindPhone(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.phone, "phone", "", "the phone `NAME`, where there are several")
	cmd.Flags().StringVar(&w.user, "user", "", "only phones of the user `NAME`")
}

package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keyring"
	"github.com/offauth/offauth/tui/bigpin"
	"github.com/offauth/offauth/tui/screen"
)

// Deps is what commands stand on. Everything is opened when it is first
// needed, so --help and a mistyped flag open nothing; a test hands in its own.
type Deps struct {
	// Streams are stdin, stdout and stderr.
	Streams Streams
	// LookupEnv reads the environment; only the variables that the help names
	// are read.
	LookupEnv func(string) (string, bool)
	// DataDir is where the OS wants a user's data, unless OFFAUTH_HOME is set.
	DataDir func() (string, error)
	// Now and After are the host's clock: the one that a running world runs
	// with, and that a waiting command waits on.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
	// Rand is the source of all chance in kept worlds.
	Rand io.Reader
	// Keyring returns the vault in the keyring of the operating system, always the
	// same. Each of its calls may take that long; slow, unless it is nil, is
	// called when one takes more than a moment.
	Keyring func(wait time.Duration, slow func()) keystore.Vault
	// Prompt asks the person at the terminal.
	Prompt Prompter
	// ShowPIN shows a PIN large until its time is over, the phone shows it no
	// longer, or a key is pressed.
	ShowPIN func(context.Context, bigpin.Card, bigpin.Sight, bigpin.Watch) (bigpin.Ended, error)
	// Size returns the columns and rows of the terminal that stdout is; false if
	// nobody knows.
	Size func() (cols, rows int, ok bool)
	// Program is how the user calls offauth, for the commands in hints.
	Program string
	// Flags are those that every command has.
	Flags Flags

	// Whom is whom a verb turned out to mean, where there are several.
	Whom Who
	// Speaker is who shows the product's text on a workstation, where that is not
	// the lock screen.
	Speaker string
}

// Streams are the standard streams, and which of them are terminals.
type Streams struct {
	In                    io.Reader
	Out, Err              io.Writer
	InTTY, OutTTY, ErrTTY bool
	// OutClosed says that nobody can read the result.
	OutClosed bool
}

// Interactive reports whether somebody can be asked.
func (s Streams) Interactive() bool { return s.InTTY && s.ErrTTY }

// Prompter asks the person at the terminal. A cancelled context ends the
// question with the fault "cancelled" and the terminal as it was.
type Prompter interface {
	// Secret asks for a text that is not echoed.
	Secret(ctx context.Context, label string) (authn.Secret, error)
	// Line asks for a line of text.
	Line(ctx context.Context, label string) (string, error)
}

// NewDeps returns the dependencies of a process of the host; i, which may be
// nil, makes Ctrl-C end the context of a command that waits.
func NewDeps(i *Interrupts) *Deps {
	d := &Deps{
		Streams: Streams{
			In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
			InTTY: isTerminal(os.Stdin), OutTTY: isTerminal(os.Stdout), ErrTTY: isTerminal(os.Stderr),
			OutClosed: isClosed(os.Stdout),
		},
		LookupEnv: os.LookupEnv,
		Now:       time.Now,
		After:     time.After,
		Rand:      rand.Reader,
		Keyring:   OneKeyring(func(wait time.Duration) keystore.Vault { return keyring.New(wait) }),
		Prompt:    console{in: os.Stdin, out: os.Stderr},
		Size: func() (int, int, bool) {
			cols, rows, err := term.GetSize(int(os.Stdout.Fd()))
			return cols, rows, err == nil && cols > 0 && rows > 0 // 0 is nobody having said
		},
		Program: program(os.Args[0]),
	}
	d.DataDir = func() (string, error) { return dataDir(runtime.GOOS, d.Env, os.UserHomeDir) }
	d.ShowPIN = func(ctx context.Context, card bigpin.Card, sight bigpin.Sight, watch bigpin.Watch) (bigpin.Ended, error) {
		i.give(screen.Keep(os.Stdin, os.Stdout))
		defer i.give(screen.Keep(os.Stdin, nil))
		return bigpin.Run(ctx, card, sight, watch, os.Stdin, os.Stdout)
	}
	return d
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Env is a variable's value; one that is set to nothing counts as not set.
func (d *Deps) Env(name string) string {
	value, _ := d.LookupEnv(name)
	return value
}

// dataDir is where the OS keeps the data of a user's programs.
func dataDir(goos string, env func(string) string, home func() (string, error)) (string, error) {
	switch goos {
	case "windows":
		if dir := env("LocalAppData"); dir != "" {
			return filepath.Join(dir, "offauth"), nil
		}
		return "", errors.New("%LocalAppData% is not set")
	case "darwin":
		dir, err := home()
		return filepath.Join(dir, "Library", "Application Support", "offauth"), err
	}
	// The XDG specification has relative paths ignored.
	if dir := env("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "offauth"), nil
	}
	dir, err := home()
	return filepath.Join(dir, ".local", "share", "offauth"), err
}

// program is how the user called offauth. What "go run" builds lies in a
// folder of Go's (its cache, or a temporary one), and the newcomer who copies
// a hint has no other offauth.
func program(arg0 string) string {
	for _, part := range strings.FieldsFunc(arg0, func(r rune) bool { return r == '/' || r == '\\' }) {
		if strings.HasPrefix(part, "go-build") {
			return "go run ./cmd/offauth"
		}
	}
	return "offauth"
}

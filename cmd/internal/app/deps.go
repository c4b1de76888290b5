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

// Deps holds what commands depend on. Everything is opened when it is first
// needed, so --help and a mistyped flag open nothing. Tests pass their own.
type Deps struct {
	// Streams are stdin, stdout and stderr.
	Streams Streams
	// LookupEnv reads an environment variable; only the variables named in the
	// help are read.
	LookupEnv func(string) (string, bool)
	// DataDir returns the OS's folder for user data, unless OFFAUTH_HOME is
	// set.
	DataDir func() (string, error)
	// Now and After are the host's clock: a running world follows Now, and a
	// waiting command waits on After.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
	// Rand is the random source of worlds on disk.
	Rand io.Reader
	// Keyring returns the vault in the operating system's keyring, always the
	// same one. Each of its calls may take up to wait; slow, if not nil, is
	// called when a call takes longer than keyringMoment.
	Keyring func(wait time.Duration, slow func()) keystore.Vault
	// Prompt asks the person at the terminal.
	Prompt Prompter
	// ShowPIN shows a PIN in large type until its time is over, the phone hides
	// it, or a key is pressed.
	ShowPIN func(context.Context, bigpin.Card, bigpin.Sight, bigpin.Watch) (bigpin.Ended, error)
	// Size returns the columns and rows of the terminal on stdout; ok is false
	// if they are unknown.
	Size func() (cols, rows int, ok bool)
	// Program is how the user calls offauth, for the commands in hints.
	Program string
	// Flags are those that every command has.
	Flags Flags

	// Whom holds the phone and user that a verb picked where there are several.
	Whom Who
	// Speaker introduces the product's text where the lock screen does not show
	// it.
	Speaker string
}

// Streams are the standard streams, and which of them are terminals.
type Streams struct {
	In                    io.Reader
	Out, Err              io.Writer
	InTTY, OutTTY, ErrTTY bool
	// OutClosed reports whether stdout was closed, so that nobody can read the
	// result.
	OutClosed bool
}

// Interactive reports whether there is a person to ask.
func (s Streams) Interactive() bool { return s.InTTY && s.ErrTTY }

// Prompter asks the person at the terminal. A cancelled context ends the
// question with the fault "cancelled" and the terminal as it was.
type Prompter interface {
	// Secret asks for a text that is not echoed.
	Secret(ctx context.Context, label string) (authn.Secret, error)
	// Line asks for a line of text.
	Line(ctx context.Context, label string) (string, error)
}

// NewDeps returns the dependencies of a real process; i, which may be nil,
// cancels the context of a waiting command on Ctrl-C.
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

// Env returns a variable's value; an empty variable counts as unset.
func (d *Deps) Env(name string) string {
	value, _ := d.LookupEnv(name)
	return value
}

// dataDir returns the folder in which the OS keeps a user's application data.
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
	// The XDG specification says to ignore relative paths.
	if dir := env("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "offauth"), nil
	}
	dir, err := home()
	return filepath.Join(dir, ".local", "share", "offauth"), err
}

// program returns how the user called offauth, for hints. A binary built by "go
// run" lies in a folder of Go's (its cache, or a temporary one), and its user
// may have no other offauth.
func program(arg0 string) string {
	for _, part := range strings.FieldsFunc(arg0, func(r rune) bool { return r == '/' || r == '\\' }) {
		if strings.HasPrefix(part, "go-build") {
			return "go run ./cmd/offauth"
		}
	}
	return "offauth"
}

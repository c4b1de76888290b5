package app

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/qr"
	"github.com/offauth/offauth/tui/screen"
)

// console is the Prompter of a real terminal.
type console struct {
	in  *os.File
	out io.Writer
}

var _ Prompter = console{}

// Secret implements Prompter. It turns the echo off before it writes the label,
// so a fast typist, or a program on a pty, is not echoed.
func (c console) Secret(ctx context.Context, label string) (authn.Secret, error) {
	fd := int(c.in.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return authn.Secret{}, fmt.Errorf("%w: the terminal: %w", ErrOutput, err)
	}
	// A shell that continues this process leaves the echo on.
	stop := screen.Resumed(func() { _, _ = term.MakeRaw(fd) })
	line := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{oneByOne{c.in}, c.out}, "")
	text, err := Await(ctx, func() (string, error) { return line.ReadPassword(authn.Visible(label) + ": ") })
	stop()
	if restored := term.Restore(fd, before); err == nil && restored != nil {
		err = fmt.Errorf("%w: the terminal: %w", ErrOutput, restored)
	}
	if err != nil {
		_, _ = fmt.Fprintln(c.out) // the cursor stands behind the question
		return authn.Secret{}, givenUp(err)
	}
	if len(text) > maxSecret {
		return authn.Secret{}, Usage(nil, "that has more than %d bytes, which no secret has", maxSecret)
	}
	return authn.NewSecret(text), nil
}

// Line implements Prompter.
func (c console) Line(ctx context.Context, label string) (string, error) {
	_, _ = io.WriteString(c.out, authn.Visible(label))
	line, err := Await(ctx, func() (string, error) {
		var text []byte
		b := make([]byte, 1)
		for len(text) <= maxSecret {
			if _, err := c.in.Read(b); err != nil {
				return "", err
			}
			if b[0] == '\n' {
				break
			}
			text = append(text, b[0])
		}
		return strings.TrimSuffix(string(text), "\r"), nil
	})
	if err != nil {
		_, _ = fmt.Fprintln(c.out)
	}
	return line, givenUp(err)
}

// oneByOne reads one byte at a time, so that input typed ahead stays for the
// next question.
type oneByOne struct{ r io.Reader }

func (o oneByOne) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

// givenUp returns the error of a question that ended: Ctrl-C and Ctrl-D both
// cancel.
func givenUp(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
		return Cancelled()
	}
	return err
}

// Await runs a read that no context can stop. If the context ends first, Await
// returns its error and leaves the read running; the process is about to end.
func Await[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := read()
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return *new(T), ctx.Err()
	}
}

// maxSecret is the length of the longest accepted secret, in bytes.
const maxSecret = 1024

// NewPIN asks for a new PIN or password, twice at a terminal.
func (d *Deps) NewPIN(ctx context.Context, label, hint string, stdin bool) (authn.Secret, error) {
	pin, err := d.SecretFrom(ctx, label, hint, stdin)
	if err != nil || stdin {
		return pin, err
	}
	again, err := d.SecretFrom(ctx, label+", again", hint, stdin)
	if err == nil && !again.Equal(pin) {
		err = Usage(nil, "the two PINs differ; nothing was done")
	}
	return pin, err
}

// SecretFrom reads a verb's one secret: from stdin with --stdin, else from the
// terminal. Without either, the error's hint is the command that passes the
// secret on stdin.
func (d *Deps) SecretFrom(ctx context.Context, label, hint string, stdin bool) (authn.Secret, error) {
	s, err := d.SecretOrNone(ctx, label, hint, stdin)
	switch {
	case err != nil:
		return authn.Secret{}, err
	case s.Empty() && stdin:
		return authn.Secret{}, Usage([]string{hint},
			"stdin ended before the secret: its first line is empty")
	case s.Empty():
		return authn.Secret{}, Usage(nil, "no %s was typed", label)
	}
	return s, nil
}

// SecretOrNone is SecretFrom for a product that refuses an empty field itself.
func (d *Deps) SecretOrNone(ctx context.Context, label, hint string, stdin bool) (authn.Secret, error) {
	if stdin {
		return secretFromStdin(ctx, d)
	}
	if !d.Streams.Interactive() {
		return authn.Secret{}, Usage([]string{hint},
			"there is no terminal to ask for the %s; hand it over with --stdin", label)
	}
	return d.Prompt.Secret(ctx, label)
}

// secretFromStdin reads the first line of stdin. Ctrl-C ends the wait for a
// writer that never writes.
func secretFromStdin(ctx context.Context, d *Deps) (authn.Secret, error) {
	line, err := Await(ctx, func() (string, error) { return firstLine(d.Streams.In) })
	if errors.Is(err, context.Canceled) {
		return authn.Secret{}, err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return authn.Secret{}, Usage(nil, "stdin cannot be read: %v", err)
	}
	// PowerShell writes a byte order mark first; it is not part of the secret.
	text, ok := qr.Decode([]byte(line))
	if !ok && strings.ContainsRune(line, 0) {
		return authn.Secret{}, Usage([]string{"hand it over as UTF-8, or as UTF-16 with its mark"},
			"the first line of stdin has a NUL in it, which no secret has")
	}
	if !ok {
		text = line // a password may be in any encoding, as long as it is always the same
	}
	text = strings.TrimRight(text, "\r\n")
	if len(text) > maxSecret {
		return authn.Secret{}, Usage(nil, "the first line of stdin has more than %d bytes, which no secret has", maxSecret)
	}
	return authn.NewSecret(text), nil
}

// firstLine reads up to the first line end, in UTF-8 or, after a byte order
// mark, in UTF-16. Of a line that is too long it reads a little more than the
// limit.
func firstLine(r io.Reader) (string, error) {
	in := bufio.NewReader(io.LimitReader(r, 2*(maxSecret+3)))
	var line []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return string(line), err
		}
		line = append(line, b)
		n := len(line)
		wide := bytes.HasPrefix(line, []byte("\xff\xfe")) || bytes.HasPrefix(line, []byte("\xfe\xff"))
		switch {
		case !wide && b == '\n':
			return string(line), nil
		case wide && n%2 == 0 && (line[0] == 0xff && string(line[n-2:]) == "\n\x00" || line[0] == 0xfe &&
			string(line[n-2:]) == "\x00\n"):
			return string(line), nil
		}
	}
}

// Choose lets the person pick one of several names. Where nobody can be asked
// it returns an error that lists the names. Its hint is the given one with the
// name best behind it: "say which with --phone", or a command.
func (d *Deps) Choose(ctx context.Context, what, hint string, names []string, best string) (string, error) {
	best = cmp.Or(best, names[0])
	if !d.Streams.Interactive() || d.Flags.JSON || d.Flags.Quiet {
		return "", Usage([]string{hint + " " + best},
			"there are %d %ss: %s", len(names), what, strings.Join(names, ", "))
	}
	for i, name := range names {
		d.Sayf("%3d  %s", i+1, name)
	}
	answer, err := d.Prompt.Line(ctx, fmt.Sprintf("which %s? (1-%d) ", what, len(names)))
	if err != nil {
		return "", err
	}
	answer = strings.TrimSpace(answer)
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(names) {
		return names[n-1], nil
	}
	for _, name := range names {
		if name == answer {
			return name, nil
		}
	}
	return "", Usage([]string{hint + " " + best}, "%q is none of the %ss", answer, what)
}

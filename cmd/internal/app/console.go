package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/tui/screen"
)

// console is the Prompter of a real terminal.
type console struct {
	in  *os.File
	out io.Writer
}

var _ Prompter = console{}

// Secret implements Prompter. The echo is off before the question is put, so
// that a quick hand (or a program on a pty) does not show what it answers.
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

// oneByOne reads a byte at a time, so that what is typed ahead stays for the
// next question.
type oneByOne struct{ r io.Reader }

func (o oneByOne) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

// givenUp words the end of a question: Ctrl-C and Ctrl-D both give it up.
func givenUp(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
		return Cancelled()
	}
	return err
}

// Await runs a read that no context can stop, and leaves it behind when the
// context ends first; the process is about to end then.
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

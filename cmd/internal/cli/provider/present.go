package provider

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/qr"
)

// pixels is the side of a module in a picture.
const pixels = 8

// present puts a challenge where the flags want it: into files, as text, or
// drawn.
func (o *providerChallengeOptions) present(c encap.ChallengeResult, rep *app.Report) (files []string, err error) {
	files = []string{}
	code, err := qr.Encode(c.Data)
	if err != nil {
		return files, err
	}
	if o.png != "" {
		picture, err := code.PNG(pixels)
		if err != nil {
			return files, err
		}
		if err := app.WriteFile(o.png, picture); err != nil {
			return files, err
		}
		files = append(files, o.png)
	}
	if o.svg != "" {
		if err := app.WriteFile(o.svg, code.SVG()); err != nil {
			return files, err
		}
		files = append(files, o.svg)
	}
	for _, name := range files {
		rep.Lines = append(rep.Lines, name+": written")
		rep.Bare = append(rep.Bare, name)
	}
	switch {
	case o.text:
		rep.Lines, rep.Bare = append(rep.Lines, c.Data), append(rep.Bare, c.Data)
		rep.Next = "offauth device scan -"
	case len(files) > 0:
		if o.png != "" {
			rep.Next = "offauth device scan " + app.ShellWord(o.png)
		}
	default:
		lines, err := o.draw(code, rep)
		if err != nil {
			return files, err
		}
		if lines == nil {
			lines = []string{c.Data}
		}
		rep.Lines, rep.Bare, rep.Drawing = lines, lines, true
	}
	return files, nil
}

// command is the command line that asks for the same once more.
func (o *providerChallengeOptions) command() string {
	command := "offauth provider challenge"
	if o.provider != "" {
		command += " " + app.ShellWord(o.provider)
	}
	for _, f := range []struct{ name, value string }{
		{"context", o.context}, {"title", o.title}, {"mime", o.mime}, {"method", o.method}, {"phone", o.Phone}, {"user", o.User},
	} {
		if f.value != "" {
			command += " --" + f.name + "=" + app.ShellWord(f.value)
		}
	}
	return command
}

// around is how many rows of a terminal the talk and the prompt take.
const around = 5

// draw draws a code with the widest quiet zone that the terminal has room for,
// at least two modules; nil if it has none.
func (o *providerChallengeOptions) draw(code *qr.Code, rep *app.Report) ([]string, error) {
	d, how := o.deps, qr.TerminalOptions{Quiet: qr.Quiet}
	if d.Streams.OutTTY {
		how.Colours = d.Paints()
		cols, rows, known := d.Size()
		if wide, high := code.Size(2); known && (wide > cols || high+1 > rows) {
			rep.Talk = append(rep.Talk, fmt.Sprintf("the code needs %d columns and %d rows, and this terminal has %d and %d; the verification data is printed instead", wide, high+1, cols, rows))
			rep.Hints = append(rep.Hints, "make the terminal larger or its letters smaller, and ask again",
				o.command()+" --png code.png", o.command()+" -q | offauth device scan -")
			return nil, nil
		}
		if wide, high := code.Size(qr.Quiet); known && (wide > cols || high+around > rows) {
			how.Quiet = 2
		}
	}
	var b bytes.Buffer
	if err := code.Terminal(&b, how); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n"), nil
}

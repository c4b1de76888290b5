package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/qr"
)

// pixels is the side of a module in a picture.
const pixels = 8

// present puts a challenge where the flags want it: into files, as text, or
// drawn.
func (o *providerChallengeOptions) present(c encap.ChallengeResult, rep *report) (files []string, err error) {
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
		if err := writeFile(o.png, picture); err != nil {
			return files, err
		}
		files = append(files, o.png)
	}
	if o.svg != "" {
		if err := writeFile(o.svg, code.SVG()); err != nil {
			return files, err
		}
		files = append(files, o.svg)
	}
	for _, name := range files {
		rep.lines = append(rep.lines, name+": written")
		rep.bare = append(rep.bare, name)
	}
	switch {
	case o.text:
		rep.lines, rep.bare = append(rep.lines, c.Data), append(rep.bare, c.Data)
		rep.next = "offauth device scan -"
	case len(files) > 0:
		if o.png != "" {
			rep.next = "offauth device scan " + shellWord(o.png)
		}
	default:
		lines, err := o.draw(code, rep)
		if err != nil {
			return files, err
		}
		if lines == nil {
			lines = []string{c.Data}
		}
		rep.lines, rep.bare, rep.drawing = lines, lines, true
	}
	return files, nil
}

// command is the command line that asks for the same once more.
func (o *providerChallengeOptions) command() string {
	command := "offauth provider challenge"
	if o.provider != "" {
		command += " " + shellWord(o.provider)
	}
	for _, f := range []struct{ name, value string }{
		{"context", o.context}, {"title", o.title}, {"mime", o.mime}, {"method", o.method}, {"phone", o.phone}, {"user", o.user},
	} {
		if f.value != "" {
			command += " --" + f.name + "=" + shellWord(f.value)
		}
	}
	return command
}

// around is how many rows of a terminal the talk and the prompt take.
const around = 5

// draw draws a code with the widest quiet zone that the terminal has room for,
// at least two modules; nil if it has none.
func (o *providerChallengeOptions) draw(code *qr.Code, rep *report) ([]string, error) {
	d, how := o.deps, qr.TerminalOptions{Quiet: qr.Quiet}
	if d.Streams.OutTTY {
		how.Colours = d.paints()
		cols, rows, known := d.Size()
		if wide, high := code.Size(2); known && (wide > cols || high+1 > rows) {
			rep.talk = append(rep.talk, fmt.Sprintf("the code needs %d columns and %d rows, and this terminal has %d and %d; the verification data is printed instead", wide, high+1, cols, rows))
			rep.hints = append(rep.hints, "make the terminal larger or its letters smaller, and ask again",
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

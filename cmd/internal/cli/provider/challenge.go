package provider

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
	"github.com/offauth/offauth/cmd/internal/qr"
)

type challengeOptions struct {
	deps *app.Deps

	app.Who
	provider, method     string
	title, context, mime string
	png, svg             string
	text                 bool
}

func newChallenge(d *app.Deps) *cobra.Command {
	o := &challengeOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "challenge [provider] --method <method>",
		Short: "show the QR code of something to approve",
		Long: `Start a session (E9) and draw its QR code; off a terminal in half blocks, for
"device scan -". A newer session ends the phone's older one (E32).`,
		Example: `  offauth provider challenge bank --context 'Pay 120 EUR' --method OFFLINE:PIN
  offauth provider challenge --method OFFLINE -q | offauth device scan -`,
		Annotations: app.Takes("provider"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.provider = app.Arg(args, 0)
			if err := o.check(); err != nil {
				return err
			}
			return runChallenge(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.context, "context", "", "`TEXT` to approve; none is allowed")
	f.StringVar(&o.title, "title", "", "its title `TEXT`")
	f.StringVar(&o.mime, "mime", "", "its MIME `TYPE`; text/plain if not said")
	f.StringVar(&o.method, "method", "", "the `METHOD`, as OFFLINE:PIN or offlinePin")
	f.StringVar(&o.png, "png", "", "write the code as a picture to `FILE`")
	f.StringVar(&o.svg, "svg", "", "write the code as a drawing to `FILE`")
	f.BoolVar(&o.text, "text", false, "print the verification data instead")
	o.Bind(cmd)
	return cmd
}

// check parses the method before anything is opened.
func (o *challengeOptions) check() error {
	if o.method == "" {
		return app.Usage([]string{"offauth provider challenge --method OFFLINE:PIN"}, "say with which method, with --method")
	}
	_, err := encap.ParseMethod(o.method)
	return err
}

type challengeJSON struct {
	Provider  string     `json:"provider"`
	User      string     `json:"user"`
	Phone     string     `json:"phone"`
	Session   string     `json:"session"`
	Method    string     `json:"method"`
	Data      string     `json:"data"`
	ExpiresAt *app.Stamp `json:"expires_at"`
	Files     []string   `json:"files"`
	Simulated bool       `json:"simulated"`
}

func runChallenge(ctx context.Context, o *challengeOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		a, err := o.action(ctx, w, r)
		if err != nil {
			return err
		}
		out, err := pick.Act(ctx, w, r, a)
		if err != nil {
			pick.MeanSubject(d, r, err)
			return err
		}
		c, err := app.ResultOf[encap.ChallengeResult](out)
		if err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Outcome: out,
			Talk: []string{fmt.Sprintf("%s asks %s of %s for %s; session %s, expires %s", c.Provider, c.Phone, c.User, c.Method,
				c.Session, d.When(c.ExpiresAt, out.At))}}
		if o.context == "" && o.title == "" {
			rep.Talk = append(rep.Talk, "no context: the phone has nothing to show (--context)")
		}
		rep.Talk = append(rep.Talk, show.SimulatedData)
		if err := warnLocked(ctx, w, c, &rep); err != nil {
			return err
		}
		files, err := o.present(c, &rep)
		if err != nil {
			return err
		}
		rep.Result = challengeJSON{Provider: c.Provider, User: c.User, Phone: c.Phone, Session: c.Session,
			Method: string(c.Method),
			Data:   c.Data, ExpiresAt: app.StampOf(c.ExpiresAt), Files: files, Simulated: true}
		return d.Print(rep)
	})
}

// warnLocked warns if the server will refuse the challenge's code because the
// method is locked (E27).
func warnLocked(ctx context.Context, w *app.World, c encap.ChallengeResult, rep *app.Report) error {
	snap, err := w.Snapshot(ctx, authn.Scope{User: c.User, Sites: []authn.Site{authn.SiteServer}})
	if err != nil {
		return err
	}
	for _, u := range snap.Users {
		for _, l := range u.Locks {
			if l.Locked && l.Phone == c.Phone && (l.Method == "" || l.Method == string(c.Method)) {
				rep.Outcome.Warnings = append(rep.Outcome.Warnings, fmt.Sprintf(
					"%s is locked on %s, so no code of this challenge will be accepted (E27)", cmp.Or(l.Method, "every method"),
					l.Phone))
				rep.Hints = append(rep.Hints, "offauth admin user unlock "+c.User)
				return nil
			}
		}
	}
	return nil
}

// action returns the Action, with the names that were left out: the oldest
// provider, the only user, else the only phone.
func (o *challengeOptions) action(ctx context.Context, w *app.World, r authn.Roster) (encap.Challenge, error) {
	a := encap.Challenge{User: o.User, Phone: o.Phone, Method: encap.Method(o.method), Title: o.title, Content: o.context,
		MIME: o.mime}
	var err error
	if a.Provider, err = pick.Provider(w, r, o.provider); err != nil {
		return a, err
	}
	if o.User != "" && o.Phone == "" {
		if a.User, err = pick.KnownUser(r.Users, o.User); err != nil {
			return a, err
		}
		if len(pick.InUse(pick.PhonesOf(r, o.User))) == 0 {
			return a, pick.NoPhone(r, o.User)
		}
		return a, nil // the core takes the one that is activated
	}
	if o.Phone == "" && len(r.Users) == 1 && len(pick.InUse(r.Phones)) > 0 {
		a.User = r.Users[0]
		return a, nil
	}
	phone, err := pick.OnePhone(ctx, o.deps, r, o.Who, "")
	pick.MeanPhone(o.deps, r, phone)
	a.Phone = phone.Name
	return a, err
}

// pixels is the side of a module in a picture.
const pixels = 8

// present outputs a challenge as the flags ask: into files, as text, or drawn.
func (o *challengeOptions) present(c encap.ChallengeResult, rep *app.Report) (files []string, err error) {
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

// command returns the command line that asks for the same challenge again.
func (o *challengeOptions) command() string {
	command := "offauth provider challenge"
	if o.provider != "" {
		command += " " + app.ShellWord(o.provider)
	}
	for _, f := range []struct{ name, value string }{
		{"context", o.context}, {"title", o.title}, {"mime", o.mime}, {"method", o.method}, {"phone", o.Phone},
		{"user", o.User},
	} {
		if f.value != "" {
			command += " --" + f.name + "=" + app.ShellWord(f.value)
		}
	}
	return command
}

// around is how many rows of a terminal the text and the prompt take.
const around = 5

// draw draws a code with the widest quiet zone that fits the terminal, at least
// two modules. It returns nil if it does not fit.
func (o *challengeOptions) draw(code *qr.Code, rep *app.Report) ([]string, error) {
	d, how := o.deps, qr.TerminalOptions{Quiet: qr.Quiet}
	if d.Streams.OutTTY {
		how.Colours = d.Paints()
		cols, rows, known := d.Size()
		if wide, high := code.Size(2); known && (wide > cols || high+1 > rows) {
			rep.Talk = append(rep.Talk, fmt.Sprintf("the code needs %d columns and %d rows, and this terminal has %d and "+
				"%d; the verification data is printed instead", wide, high+1, cols, rows))
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

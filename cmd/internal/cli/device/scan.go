package device

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
	"github.com/offauth/offauth/cmd/internal/qr"
)

type scanOptions struct {
	deps *app.Deps

	app.Who
	file  string
	which int
}

func newScan(d *app.Deps) *cobra.Command {
	o := &scanOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "scan [file | -]",
		Short: "scan a QR code and show what is to be approved",
		Long: `Scan a QR code, without network (E19), and show what is to be approved (E20),
control characters as escapes (E12). FILE is a PNG, JPEG, GIF, WebP or BMP,
or text; -, or nothing at the end of a pipe, is stdin: half blocks (or emoji,
digits, signs), verification data, or the bytes of a picture. One operation is
open at a time (E17).`,
		Example: `  offauth provider challenge --method OFFLINE --png code.png
  offauth device scan code.png`,
		Annotations: app.Takes("file"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = app.Arg(args, 0)
			if o.file == "" && d.Streams.InTTY {
				return app.Usage([]string{"offauth device scan code.png",
					"offauth provider challenge --method OFFLINE:PIN | offauth device scan -"},
					"say which picture to scan, or - for stdin")
			}
			return runScan(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.which, "which", 0, "the `N`th code of several, in reading order")
	o.Bind(cmd)
	return cmd
}

type scanJSON struct {
	Phone     string     `json:"phone"`
	Provider  string     `json:"provider"`
	Session   string     `json:"session"`
	Method    string     `json:"method"`
	Title     string     `json:"title"`
	Context   string     `json:"context"`
	MIME      string     `json:"mime"`
	ExpiresAt *app.Stamp `json:"expires_at"`
	Simulated bool       `json:"simulated"`
}

func runScan(ctx context.Context, o *scanOptions) error {
	d := o.deps
	// Read the input, which may take long, before opening a world.
	data, err := o.read(ctx)
	if err != nil {
		return err
	}
	return d.Within(ctx, func(w *app.World) error {
		r, phone, err := pick.RosterAndPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		out, err := pick.Act(ctx, w, r, encap.Scan{Phone: phone, Data: data})
		if err != nil {
			return notOurs(err, data)
		}
		v, err := app.ResultOf[encap.ScanResult](out)
		if err != nil {
			return err
		}
		title, content := authn.Visible(v.Title), authn.Visible(v.Content)
		rep := app.Report{World: w.Name, Outcome: out, Next: "offauth device approve", Talk: []string{show.SimulatedData},
			Lines: []string{fmt.Sprintf("%s: %s asks for %s", v.Phone, v.Provider, v.Method)},
			Result: scanJSON{Phone: v.Phone, Provider: v.Provider, Session: v.Session, Method: string(v.Method),
				Title: title, Context: content, MIME: v.MIME, ExpiresAt: app.StampOf(v.ExpiresAt), Simulated: true}}
		rep.Lines = append(rep.Lines, asked(title, content, v.MIME)...)
		rep.Lines = append(rep.Lines, "session  "+v.Session, "expires  "+d.When(v.ExpiresAt, out.At))
		return d.Print(rep)
	})
}

// asked words a context. Its texts are visible already (E12).
func asked(title, content, mime string) []string {
	var lines []string
	if title != "" {
		lines = append(lines, "title    "+title)
	}
	lines = append(lines, "context  "+cmp.Or(content, "(none)"))
	if mime != "" && mime != "text/plain" {
		lines = append(lines, "type     "+mime)
	}
	return lines
}

// unreadable returns the fault of an input without a readable code.
func unreadable(code authn.Code, format string, args ...any) *authn.Fault {
	return &authn.Fault{Code: code, Message: fmt.Sprintf(format, args...),
		Hints: []string{"give a screenshot as PNG, JPEG, GIF, WebP or BMP, or the verification data",
			"offauth device scan --help"}}
}

// anyVersion is the common beginning of verification data of every version; the
// phone refuses other versions (E11).
const anyVersion = "OFFAUTH"

// read returns the text of the scanned code. Ctrl-C ends the wait for a stdin
// that nobody writes to.
func (o *scanOptions) read(ctx context.Context) (string, error) {
	name, in := "stdin", o.deps.Streams.In
	if o.file != "" && o.file != "-" {
		f, err := app.Await(ctx, func() (*os.File, error) { return os.Open(o.file) }) // a FIFO may keep us waiting
		if errors.Is(err, fs.ErrNotExist) {
			return "", app.Missing(app.CodeNoFile, fmt.Sprintf("there is no file %q", o.file), "offauth device scan --help")
		}
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }() // it was read only
		name, in = o.file, f
	}
	var found []qr.Found
	_, err := app.Await(ctx, func() (text string, err error) {
		found, err = qr.Read(in, anyVersion, qr.Limits{})
		return "", err
	})
	if err != nil {
		return "", readFault(name, err)
	}
	return o.pick(ctx, name, found)
}

// readFault returns the fault of an input that cannot be read.
func readFault(name string, err error) error {
	switch {
	case errors.Is(err, qr.ErrNoCode):
		return unreadable(app.CodeNoQRCode, "no QR code can be read in %s", name)
	case errors.Is(err, qr.ErrTooLarge):
		return unreadable(app.CodeTooLarge, "%s is larger than what is read: %v", name, err)
	case errors.Is(err, qr.ErrUnknownInput), errors.Is(err, qr.ErrTruncated), errors.Is(err, qr.ErrDamaged):
		return unreadable(app.CodePicture, "%s cannot be read: %v", name, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return unreadable(app.CodePicture, "%s is cut short", name)
	}
	return err
}

// pick returns the intended code: of several, the one with verification data,
// else the one that the person chooses. The phone refuses foreign codes (E11).
func (o *scanOptions) pick(ctx context.Context, name string, found []qr.Found) (string, error) {
	found = allMended(found)
	ours := slices.DeleteFunc(slices.Clone(found),
		func(f qr.Found) bool { return !strings.HasPrefix(f.Text, encap.DataTag) })
	if len(ours) == 0 {
		ours = found
	}
	n := o.which
	switch {
	case len(ours) == 0:
		return "", unreadable(app.CodeNoQRCode, "no QR code can be read in %s", name)
	case n < 0 || n > len(ours):
		return "", app.Usage(nil, "--which %d: %s has %s of this kind", n, name, codeCount(len(ours)))
	case n == 0 && len(ours) == 1:
		n = 1
	case n == 0:
		d := o.deps
		// stdin was the picture, so it cannot answer a question.
		if !d.Streams.Interactive() || d.Flags.JSON || d.Flags.Quiet || name == "stdin" {
			return "", app.Usage([]string{"say which with --which 1, in reading order"}, "%s has %s", name, codeCount(len(ours)))
		}
		for i, f := range ours {
			d.Sayf("%3d  at %d,%d, %d wide: %s", i+1, f.Bounds.Min.X, f.Bounds.Min.Y, f.Bounds.Dx(),
				app.Beginning(authn.Visible(f.Text)))
		}
		answer, err := d.Prompt.Line(ctx, fmt.Sprintf("which code? (1-%d) ", len(ours)))
		if err != nil {
			return "", err
		}
		if n, err = strconv.Atoi(strings.TrimSpace(answer)); err != nil || n < 1 || n > len(ours) {
			return "", app.Usage([]string{"say which with --which 1, in reading order"}, "%q is none of the codes",
				authn.Visible(answer))
		}
	}
	return ours[n-1].Text, nil
}

func codeCount(n int) string {
	if n == 1 {
		return "1 code"
	}
	return fmt.Sprintf("%d codes", n)
}

// allMended mends the codes, and then drops duplicates.
func allMended(found []qr.Found) []qr.Found {
	var all []qr.Found
	for _, f := range found {
		f.Text = mended(f)
		if !slices.ContainsFunc(all, func(other qr.Found) bool { return other.Text == f.Text }) {
			all = append(all, f)
		}
	}
	return all
}

// mended returns verification data that somebody copied: joined where a window
// or a mail program broke the line, without the text around it. What cannot be
// mended is returned as it is, and the phone refuses it.
func mended(f qr.Found) string {
	text := f.Text
	for i := 0; ; i++ {
		if bare := bareData(text); encap.Whole(bare) {
			return bare
		}
		if i == len(f.After) {
			return f.Text
		}
		text += f.After[i]
	}
}

// bareData removes what is not verification data at the end: a full stop, a
// quote. An address has %3A for its colon.
func bareData(text string) string {
	for _, colon := range []string{"%3A", "%3a"} {
		text = strings.Replace(text, strings.TrimSuffix(encap.DataTag, ":")+colon, encap.DataTag, 1)
	}
	word, ok := strings.CutPrefix(text, encap.DataTag)
	if !ok {
		return text
	}
	end := strings.IndexFunc(word, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') })
	if end >= 0 {
		word = word[:end]
	}
	return encap.DataTag + word
}

// notOurs adds to the phone's refusal what was scanned instead of verification
// data.
func notOurs(err error, data string) error {
	r, ok := authn.AsRefusal(err)
	if !ok || r.Code != encap.CodeInvalidInput {
		return err
	}
	switch {
	case strings.HasPrefix(data, "otpauth"):
		r.Message += "; it is a code with a secret for an authenticator app (otpauth), which offauth does not take yet"
	case strings.HasPrefix(data, encap.DataTag) && !encap.Whole(data):
		r.Message += "; it is cut short, or was changed when it was copied"
		how := "copy all of it, or hand it over by a pipe or a picture: `offauth provider challenge --help`"
		r.Hints = append([]string{how}, r.Hints...)
	}
	return err
}

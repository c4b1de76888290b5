package device

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type deviceScanOptions struct {
	deps *app.Deps

	app.Who
	file  string
	which int
}

func newDeviceScanCmd(d *app.Deps) *cobra.Command {
	o := &deviceScanOptions{deps: d}
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
				return app.Usage([]string{"offauth device scan code.png", "offauth provider challenge --method OFFLINE:PIN | offauth device scan -"},
					"say which picture to scan, or - for stdin")
			}
			return runDeviceScan(cmd.Context(), o)
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

func runDeviceScan(ctx context.Context, o *deviceScanOptions) error {
	d := o.deps
	// What may take long, or never end, is read before any world is opened.
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

// asked shows a context to a person. Its texts are visible already (E12).
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

// unreadable is the fault of something that holds no code that can be read.
func unreadable(code authn.Code, format string, args ...any) *authn.Fault {
	return &authn.Fault{Code: code, Message: fmt.Sprintf(format, args...),
		Hints: []string{"give a screenshot as PNG, JPEG, GIF, WebP or BMP, or the verification data", "offauth device scan --help"}}
}

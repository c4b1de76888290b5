package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/qr"
)

// anyVersion begins verification data of every version: that of another one is
// for the phone to refuse (E11).
const anyVersion = "OFFAUTH"

// read returns the text of the code that was scanned. Ctrl-C ends the reading of
// a stdin that nobody writes to.
func (o *deviceScanOptions) read(ctx context.Context) (string, error) {
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

// readFault says what is wrong with what was given.
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

// pick finds the code that is meant: the one of several that carries
// verification data, else the one that the person chooses. A foreign one goes
// to the phone, which refuses it (E11).
func (o *deviceScanOptions) pick(ctx context.Context, name string, found []qr.Found) (string, error) {
	found = allMended(found)
	ours := slices.DeleteFunc(slices.Clone(found), func(f qr.Found) bool { return !strings.HasPrefix(f.Text, encap.DataTag) })
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
		// A stdin that brought the picture brings no answer.
		if !d.Streams.Interactive() || d.Flags.JSON || d.Flags.Quiet || name == "stdin" {
			return "", app.Usage([]string{"say which with --which 1, in reading order"}, "%s has %s", name, codeCount(len(ours)))
		}
		for i, f := range ours {
			d.Say("%3d  at %d,%d, %d wide: %s", i+1, f.Bounds.Min.X, f.Bounds.Min.Y, f.Bounds.Dx(), app.Beginning(authn.Visible(f.Text)))
		}
		answer, err := d.Prompt.Line(ctx, fmt.Sprintf("which code? (1-%d) ", len(ours)))
		if err != nil {
			return "", err
		}
		if n, err = strconv.Atoi(strings.TrimSpace(answer)); err != nil || n < 1 || n > len(ours) {
			return "", app.Usage([]string{"say which with --which 1, in reading order"}, "%q is none of the codes", authn.Visible(answer))
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

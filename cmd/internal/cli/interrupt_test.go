package cli

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/offauth/offauth/authn"
)

func TestCtrlCEndsAWaitForStdin(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	d := f.deps(&out, &errs)
	d.Streams.In = readerFunc(func(p []byte) (int, error) {
		interrupt() // while it waits
		return silent.Read(p)
	})
	if code := Run(ctx, d, []string{"workstation", "login", "--stdin"}); code != int(authn.ExitCancelled) ||
		errs.String() != "error: cancelled\n" {
		t.Errorf("exit code %d, stderr %q", code, errs.String())
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

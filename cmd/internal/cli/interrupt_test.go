package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"runtime"
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
	if code := Run(ctx, d, []string{"workstation", "login", "--stdin"}); code != int(authn.ExitCancelled) || errs.String() != "error: cancelled\n" {
		t.Errorf("exit code %d, stderr %q", code, errs.String())
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestCtrlCEndsTheContextOfACommandThatListens(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process of Windows cannot send itself Ctrl-C")
	}
	ctx, stop := context.WithCancel(t.Context())
	i := &interrupts{stop: stop}
	i.catch()
	i.catch()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
}

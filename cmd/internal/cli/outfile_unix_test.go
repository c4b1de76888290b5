//go:build unix

package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// A file is written whole or not at all.
func TestFilesAreWrittenWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "code.png")
	for _, text := range []string{"first", "second, longer"} {
		if err := app.WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(name); err != nil || string(b) != text {
			t.Errorf("%q, %v", b, err)
		}
	}
	if err := app.WriteFile(filepath.Join(dir, "none", "code.png"), nil); err == nil {
		t.Error("a folder that is not there was written to")
	}
	if err := app.WriteFile(dir, nil); err == nil {
		t.Error("a folder was written over")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v, %v is left", left, err)
	}
}

// outputCommands returns every command that writes a file which the user names.
func outputCommands() map[string]func(file string) []string {
	return map[string]func(string) []string{
		"--png": func(file string) []string {
			return []string{"provider", "challenge", "--method", "OFFLINE", "--demo", "--png", file}
		},
		"--svg": func(file string) []string {
			return []string{"provider", "challenge", "--method", "OFFLINE", "--demo", "--svg", file}
		},
		"--report": func(file string) []string {
			return []string{"scenario", "run", "--library", "hypr-first-pin", "--report", "junit=" + file}
		},
		"record -o": func(file string) []string {
			return []string{"scenario", "record", "kept", "--force", "--world", "rec", "--out", file}
		},
	}
}

// TestNoOutputReplacesALinkOrWhatIsNoFile writes to a link, a FIFO and, where
// there is one, a device.
func TestNoOutputReplacesALinkOrWhatIsNoFile(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("world", "create", "rec", "--record", "--keystore", "file", "--identity", filepath.Join(f.home, "rec.txt"))
	f.env["OFFAUTH_IDENTITY"] = filepath.Join(f.home, "rec.txt")
	f.ok("admin", "user", "add", "alice", "--world", "rec")
	for name, args := range outputCommands() {
		dir := t.TempDir()
		target, link, fifo := filepath.Join(dir, "target"), filepath.Join(dir, "link"), filepath.Join(dir, "fifo")
		if err := os.WriteFile(target, []byte("before"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("target", link); err != nil {
			t.Skip(err)
		}
		f.ok(args(link)...)
		if got, err := os.Readlink(link); got != "target" || err != nil {
			t.Errorf("%s: the link was replaced: %v", name, err)
		}
		info, err := os.Stat(target)
		if err != nil || info.Size() < 20 || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: what the link leads to has %v, %v", name, info, err)
		}
		dangling := filepath.Join(dir, "dangling")
		if err := os.Symlink("nowhere", dangling); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := f.run(t.Context(), args(dangling)...); code == 0 ||
			!strings.Contains(errs, "is a link to what is not there") {
			t.Errorf("%s: a link to nothing: exit code %d, %s", name, code, errs)
		}
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Skip(err)
		}
		if code, _, errs := f.run(t.Context(), args(fifo)...); code == 0 || !strings.Contains(errs, "nobody reads from it") {
			t.Errorf("%s: a FIFO that nobody reads: exit code %d, %s", name, code, errs)
		}
		read := make(chan int64)
		go func() {
			in, err := os.Open(fifo)
			if err != nil {
				read <- -1
				return
			}
			n, _ := io.Copy(io.Discard, in)
			_ = in.Close()
			read <- n
		}()
		for code := -1; code != 0; { // until the reader is there
			code, _, _ = f.run(t.Context(), args(fifo)...)
		}
		if n := <-read; n < 20 {
			t.Errorf("%s: %d bytes came through the FIFO", name, n)
		}
		if info, err := os.Lstat(fifo); err != nil || info.Mode().Type() != os.ModeNamedPipe {
			t.Errorf("%s: the FIFO became %v, %v", name, info, err)
		}
		if _, err := os.Stat("/dev/full"); err == nil {
			if code, _, errs := f.run(t.Context(), args("/dev/full")...); code != int(authn.ExitStorage) ||
				!strings.Contains(errs, "no space left") {
				t.Errorf("%s: /dev/full: exit code %d, %s", name, code, errs)
			}
		}
		if left, err := filepath.Glob(filepath.Join(dir, ".offauth*")); err != nil || left != nil {
			t.Errorf("%s left %v, %v", name, left, err)
		}
	}
}

package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keyring"
	"github.com/offauth/offauth/tui/bigpin"
)

// epoch is when the fixtures begin.
var epoch = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// fixture is a host with one user: a home, a clock that the test moves, and
// streams that are no terminals unless the test says so.
type fixture struct {
	t    *testing.T
	home string
	env  map[string]string

	mu  sync.Mutex
	now time.Time
	// slept, if set, is told what the clock says after each wait.
	slept func(now time.Time)

	stdin    string
	terminal bool
	answers  []string
	asked    []string
	card     *bigpin.Card
	// beside, if set, is what happens while a PIN stands on the screen.
	beside  func(bigpin.Watch) (bigpin.Ended, error)
	keyring *fakeKeyring
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	return &fixture{t: t, home: home, now: epoch, env: map[string]string{"OFFAUTH_HOME": home, "TERM": "xterm"},
		keyring: newFakeKeyring()}
}

// scratch is where the tests of this package keep what they share.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "offauth-cli-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(code)
}

// made creates a home with the demo in it, once: that takes 25 KDFs.
var made = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "demo")
	f := &fixture{now: epoch, home: dir, env: map[string]string{"OFFAUTH_HOME": dir, "OFFAUTH_KEYSTORE": "file"}}
	code, _, stderr := f.run(context.Background(), "world", "create", "--demo")
	if code != 0 {
		return "", errors.New(stderr)
	}
	return dir, nil
})

// newDemo returns a fixture with the world demo, a minute after its creation.
func newDemo(t *testing.T) *fixture {
	t.Helper()
	dir, err := made()
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t)
	if err := os.CopyFS(f.home, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	f.now = epoch.Add(time.Minute)
	return f
}

// deps returns the dependencies of one process of the host.
func (f *fixture) deps(out, errs io.Writer) *app.Deps {
	return &app.Deps{
		Streams: app.Streams{In: strings.NewReader(f.stdin), Out: out, Err: errs, InTTY: f.terminal, OutTTY: f.terminal,
			ErrTTY: f.terminal},
		LookupEnv: func(name string) (string, bool) { v, ok := f.env[name]; return v, ok },
		DataDir:   func() (string, error) { return f.home, nil },
		Now:       f.clock,
		After:     f.after,
		Rand:      rand.Reader,
		Prompt:    f,
		Keyring:   app.OneKeyring(func(wait time.Duration) keystore.Vault { return keyring.NewOn(f.keyring, wait) }),
		Program:   "offauth",
		Size:      func() (cols, rows int, ok bool) { return 80, 24, true },
		ShowPIN: func(_ context.Context, card bigpin.Card, sight bigpin.Sight, watch bigpin.Watch) (bigpin.Ended, error) {
			f.card = &card
			if now := sight.Clock(); now.Before(card.ShownAt) {
				f.t.Errorf("the phone's clock says %s before the PIN was shown at %s", now, card.ShownAt)
			}
			if f.beside != nil {
				return f.beside(watch)
			}
			return bigpin.Closed, nil
		},
	}
}

func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// after advances the clock at once.
func (f *fixture) after(d time.Duration) <-chan time.Time {
	f.mu.Lock()
	f.now = f.now.Add(d)
	now := f.now
	f.mu.Unlock()
	if f.slept != nil {
		f.slept(now)
	}
	c := make(chan time.Time, 1)
	c <- now
	return c
}

// Secret implements Prompter.
func (f *fixture) Secret(ctx context.Context, label string) (authn.Secret, error) {
	text, err := f.Line(ctx, label)
	return authn.NewSecret(text), err
}

// Line implements Prompter.
func (f *fixture) Line(_ context.Context, label string) (string, error) {
	f.asked = append(f.asked, label)
	if len(f.answers) == 0 {
		return "", app.Cancelled()
	}
	answer := f.answers[0]
	f.answers = f.answers[1:]
	return answer, nil
}

// run runs a command line.
func (f *fixture) run(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Run(ctx, f.deps(&out, &errs), args)
	f.stdin = ""
	return code, out.String(), errs.String()
}

// ok runs a command line that must succeed and returns its stdout.
func (f *fixture) ok(args ...string) string {
	f.t.Helper()
	code, out, errs := f.run(f.t.Context(), args...)
	if code != 0 {
		f.t.Fatalf("offauth %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

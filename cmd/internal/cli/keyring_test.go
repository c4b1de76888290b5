package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offauth/offauth/keystore"
)

// fakeKeyring is a keyring for tests of other things; the stories have a real
// one.
type fakeKeyring struct {
	mu    sync.Mutex
	items map[string]string
	// broken, if set, is the error of every call; called counts the calls.
	broken error
	called int
	// before, if set, is called with the kind of each call.
	before func(what, item string)
}

func newFakeKeyring() *fakeKeyring { return &fakeKeyring{items: map[string]string{}} }

func (k *fakeKeyring) call(what, item string) error {
	if k.before != nil {
		k.before(what, item)
	}
	k.mu.Lock()
	k.called++
	return k.broken
}

func (k *fakeKeyring) Get(service, user string) (string, error) {
	defer k.mu.Unlock()
	if err := k.call("get", user); err != nil {
		return "", err
	}
	text, ok := k.items[service+" "+user]
	if !ok {
		return "", keystore.ErrNotFound
	}
	return text, nil
}

func (k *fakeKeyring) Set(service, user, text string) error {
	defer k.mu.Unlock()
	if err := k.call("set", user); err != nil {
		return err
	}
	k.items[service+" "+user] = text
	return nil
}

func (k *fakeKeyring) Delete(service, user string) error {
	defer k.mu.Unlock()
	if err := k.call("delete", user); err != nil {
		return err
	}
	delete(k.items, service+" "+user)
	return nil
}

func TestAKeyringIsTheVaultUnlessAnotherIsChosen(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args, env, want string
	}{
		{"", "", `"keystore":"os"`},
		{"", "os", `"keystore":"os"`},
		{"--keystore os", "file", `"keystore":"os"`},
		{"--identity ID", "", `"keystore":"file"`},
		{"--identity ID --keystore file", "os", `"keystore":"file"`},
		{"--identity ID", "file", `"keystore":"file"`},
		{"--identity ID", "os", `"usage"`},
		{"--identity ID --keystore os", "", `"usage"`},
		{"--keystore file", "", `"usage"`},
		{"--keystore memory", "", `"usage"`},
		{"", "paper", `"usage"`},
	} {
		f := newFixture(t)
		f.env["OFFAUTH_KEYSTORE"] = row.env
		args := strings.Fields(strings.ReplaceAll(row.args, "ID", filepath.Join(t.TempDir(), "id.txt")))
		_, out, _ := f.run(t.Context(), append([]string{"world", "create", "lab", "--json"}, args...)...)
		if !strings.Contains(out, row.want) {
			t.Errorf("%q with OFFAUTH_KEYSTORE=%s: %s", row.args, row.env, out)
		}
		want := 0
		if strings.Contains(row.want, `"os"`) {
			want = 2
		}
		if len(f.keyring.items) != want {
			t.Errorf("%q with OFFAUTH_KEYSTORE=%s: %d items in the keyring", row.args, row.env, len(f.keyring.items))
		}
	}
}

// Nothing but the demo goes another way by itself, and the demo says so.
func TestWhereNoKeyringAnswersOnlyTheDemoGoesOn(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		broken     error
		code, what string
	}{
		{keystore.ErrUnavailable, "vault_unavailable", "no keyring answers"},
		{keystore.ErrLocked, "vault_locked", "your keyring is locked"},
		{keystore.ErrTimeout, "vault_timeout", "your keyring does not answer in time"},
		{errors.New("surprise"), "vault_unavailable", "no keyring answers"},
	} {
		f := newFixture(t)
		f.keyring.broken = row.broken
		code, out, _ := f.run(t.Context(), "world", "create", "lab", "--json")
		if code != 7 || !strings.Contains(out, `"`+row.code+`"`) ||
			!strings.Contains(out, "offauth world create lab --keystore file --identity offauth-identity.txt") ||
			!strings.Contains(out, "OFFAUTH_PASSPHRASE") {
			t.Errorf("%v: exit code %d: %s", row.broken, code, out)
		}
		for _, args := range [][]string{{"--keystore", "os"}, nil} {
			code, _, errs := f.run(t.Context(), append([]string{"world", "create", "--demo"}, args...)...)
			if args != nil {
				if code != 7 || strings.Contains(errs, "throw-away") {
					t.Errorf("%v: chosen by name: exit code %d: %s", row.broken, code, errs)
				}
				continue
			}
			want := row.what + ", so the demo's keys are kept under the throw-away identity " +
				filepath.Join(f.home, "demo-identity.txt") +
				", which protects nothing from a reader of that folder\n"
			if code != 0 || !strings.HasPrefix(errs, want) || strings.Count(errs, "\n") != 2 {
				t.Errorf("%v: exit code %d: %s", row.broken, code, errs)
			}
		}
	}
}

func TestADemoWithAKeyringUsesIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	code, _, errs := f.run(t.Context(), "device", "unlock", "--demo")
	if code != 0 || strings.Contains(errs, "identity") || len(f.keyring.items) != 2 {
		t.Errorf("exit code %d, %d items: %s", code, len(f.keyring.items), errs)
	}
	if _, err := os.Stat(filepath.Join(f.home, "demo-identity.txt")); err == nil {
		t.Error("a throw-away identity was made besides")
	}
	f.keyring.broken = keystore.ErrLocked
	if code, _, errs := f.run(t.Context(), "device", "unlock", "--demo"); code != 7 ||
		!strings.Contains(errs, "is locked") {
		t.Errorf("a demo that is there goes another way: exit code %d: %s", code, errs)
	}
}

// A keyring that needs a person is waited for where there may be one.
func TestAKeyringIsWaitedForOnATerminalAlone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args     []string
		terminal bool
		took     time.Duration
		said     bool
	}{
		{nil, false, 3 * time.Second, false},
		{nil, true, time.Minute, true},
		{[]string{"-q"}, true, 3 * time.Second, false},
		{[]string{"--json"}, true, 3 * time.Second, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t)
			f.terminal = row.terminal
			answer := make(chan struct{})
			f.keyring.before = func(string, string) { <-answer }
			began := time.Now()
			code, out, errs := f.run(t.Context(), append([]string{"world", "create", "lab"}, row.args...)...)
			if took := time.Since(began); code != 7 || took != row.took {
				t.Errorf("%v: exit code %d after %s: %s%s", row.args, code, took, out, errs)
			}
			if got := strings.Count(errs, "waiting for your keyring\n"); (got == 1) != row.said || got > 1 {
				t.Errorf("%v: %q", row.args, errs)
			}
			close(answer)
		})
	}
}

// A move that is cut short anywhere leaves a world that opens, and says that
// running it again finishes it.
func TestAMoveThatFailsSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	for stop := 1; ; stop++ {
		f := newDemo(t)
		calls := 0
		f.keyring.before = func(string, string) {
			f.keyring.mu.Lock()
			defer f.keyring.mu.Unlock()
			if calls++; calls == stop {
				f.keyring.broken = fmt.Errorf("%w: the test has ended it", keystore.ErrUnavailable)
			}
		}
		code, out, _ := f.run(t.Context(), "keystore", "move", "--to", "os", "--json")
		if code == 0 {
			if stop < 4 {
				t.Errorf("a move made %d calls", stop-1)
			}
			return
		}
		f.keyring.broken, f.keyring.before = nil, nil
		if code != 7 || !strings.Contains(out, "offauth keystore status") {
			t.Errorf("call %d: exit code %d: %s", stop, code, out)
		}
		status := f.ok("keystore", "status")
		if begun := strings.Contains(status, "a move was cut short"); begun != strings.Contains(out,
			"running the move again finishes it") {
			t.Errorf("call %d: %s%s", stop, out, status)
		}
		f.ok("device", "status")
		f.ok("keystore", "move", "--to", "os")
		if len(f.keyring.items) != 2 || !strings.Contains(f.ok("keystore", "status", "--json"), `"also":""`) {
			t.Errorf("call %d: %d items: %s", stop, len(f.keyring.items), f.ok("keystore", "status"))
		}
	}
}

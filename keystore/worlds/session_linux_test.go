package worlds_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keyring"
	"github.com/offauth/offauth/keystore/worlds"
)

// insideVariable tells the child of inSession that it has a bus of its own.
const insideVariable = "OFFAUTH_KEYSTORE_TEST_INSIDE"

// busConfig is a session bus that starts no services: what is on it, the test
// has put there.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// need skips the test by name where a program is missing; where all are to be
// there, that is a failure.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("OFFAUTH_REQUIRE_TOOLS") == "1" {
			t.Fatalf("%s is not installed", p)
		}
		t.Skipf("%s is not installed", p)
	}
}

// inSession runs the test's body in a child that has a session bus, a home and
// nothing else of the desktop that this test was started on.
func inSession(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	if os.Getenv(insideVariable) != "" {
		body(t)
		return
	}
	need(t, "dbus-run-session", "gnome-keyring-daemon", "secret-tool")
	dir := t.TempDir()
	for _, name := range []string{"run", "data", "home"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(busConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "dbus-run-session", "--config-file="+config, "--",
		os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m")
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "HOME":
		default:
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, insideVariable+"=1", "HOME="+filepath.Join(dir, "home"),
		"XDG_RUNTIME_DIR="+filepath.Join(dir, "run"), "XDG_DATA_HOME="+filepath.Join(dir, "data"))
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
	if testing.Verbose() {
		t.Logf("%s", out)
	}
}

// secretService is a running gnome-keyring, with an unlocked keyring "login".
type secretService struct {
	t    testing.TB
	proc *exec.Cmd
	bus  *dbus.Conn
}

const loginKeyring = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")

func startService(t testing.TB) *secretService {
	t.Helper()
	s := &secretService{t: t, proc: exec.Command("gnome-keyring-daemon", "--foreground", "--unlock",
		"--components=secrets")}
	s.proc.Stdin = strings.NewReader("ci")
	s.proc.Stdout, s.proc.Stderr = io.Discard, io.Discard
	if err := s.proc.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	var err error
	if s.bus, err = dbus.ConnectSessionBus(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.bus.Close() })
	s.until("the keyring answers", func() bool {
		var owned bool
		err := s.bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&owned)
		if err != nil || !owned {
			return false
		}
		_, err = s.bus.Object("org.freedesktop.secrets", loginKeyring).GetProperty("org.freedesktop.Secret.Collection.Locked")
		return err == nil
	})
	return s
}

// until waits for a real process to get there.
func (s *secretService) until(what string, there func() bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); !there(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("waited 20 s until " + what)
		}
	}
}

func (s *secretService) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.proc.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// end ends the service that we started.
func (s *secretService) end() {
	if s.proc.ProcessState == nil {
		s.proc.Process.Kill()
		s.proc.Wait()
	}
}

// lock locks the keyring, as a screen saver may.
func (s *secretService) lock() {
	s.t.Helper()
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	err := s.bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{loginKeyring}).Store(&locked, &prompt)
	if err != nil || len(locked) != 1 {
		s.t.Fatal(locked, err)
	}
}

// secretTool is a witness that nobody here wrote.
func secretTool(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	c := exec.Command("secret-tool", args...)
	c.Stdin = strings.NewReader(stdin)
	out, err := c.Output()
	if err != nil && args[0] != "clear" {
		t.Fatalf("secret-tool %q: %v", args, err)
	}
	return string(out)
}

// onKeyring is a home whose worlds lie in the operating system's keyring.
type onKeyring struct {
	worlds.Home
	vault *keyring.Vault
}

func newOnKeyring(t testing.TB, wait time.Duration) onKeyring {
	return onKeyring{worlds.Home{Dir: t.TempDir()}, keyring.New(wait)}
}

func (h onKeyring) byID(string) (keystore.Vault, error) { return h.vault, nil }

func (h onKeyring) byKind(keystore.Kind, string) (keystore.Vault, error) { return h.vault, nil }

func (h onKeyring) create(t testing.TB, name string) (id string) {
	t.Helper()
	if err := h.Create(t.Context(), name, keystore.KindOS, h.byID, nil); err != nil {
		t.Fatal(err)
	}
	list, err := h.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		if i.Name == name {
			id = i.ID
		}
	}
	return id
}

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/offauth/offauth/keystore/worlds"
)

// busConfig is a session bus that starts no services: only the test puts any on
// it.
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

// The signals that make a keyring hang and go on, by their numbers on Linux:
// Windows, where this is only compiled, has no names for them.
const (
	sigcont = syscall.Signal(18)
	sigstop = syscall.Signal(19)
)

// loginKeyring is the keyring that a desktop unlocks at login.
const loginKeyring = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")

// desktop is a session bus with a real keyring on it, in a folder of its own.
type desktop struct {
	dir, address string
	bus, service *exec.Cmd
}

// canDesktop reports whether a desktop can be started; where all programs must
// be installed, a missing one is an error.
func canDesktop() (bool, error) {
	err := desktopPrograms()
	if err != nil && runtime.GOOS == "linux" && os.Getenv("OFFAUTH_REQUIRE_TOOLS") != "" {
		return false, err
	}
	return err == nil, nil
}

// onBus reports whether this machine has a session bus in its default place.
func onBus() bool {
	for _, file := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()), file)); err == nil {
			return true
		}
	}
	return false
}

// desktopPrograms returns the program that a desktop lacks.
func desktopPrograms() error {
	if runtime.GOOS != "linux" {
		return errors.New("this system has another keyring")
	}
	_, bus := exec.LookPath("dbus-daemon")
	_, service := exec.LookPath("gnome-keyring-daemon")
	_, witness := exec.LookPath("secret-tool")
	return errors.Join(bus, service, witness)
}

// newDesktop starts the bus, and no keyring yet. The folder is not the test's,
// as sockets have short names.
func newDesktop() (*desktop, error) {
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		return nil, err
	}
	d := &desktop{dir: dir}
	for _, name := range []string{"run", "data", "home"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			return d, err
		}
	}
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(busConfig), 0o600); err != nil {
		return d, err
	}
	d.bus = exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config)
	out, err := d.bus.StdoutPipe()
	if err != nil {
		return d, err
	}
	if err := d.bus.Start(); err != nil {
		return d, err
	}
	d.address, err = bufio.NewReader(out).ReadString('\n')
	d.address = strings.TrimSpace(d.address)
	return d, err
}

// env returns the environment of a process on the desktop.
func (d *desktop) env() []string {
	return []string{"OFFAUTH_KEYSTORE=", "DBUS_SESSION_BUS_ADDRESS=" + d.address,
		"XDG_RUNTIME_DIR=" + filepath.Join(d.dir, "run")}
}

// start starts the keyring, with the content of an earlier one.
func (d *desktop) start() error {
	d.service = exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	d.service.Env = append(d.env(), "XDG_DATA_HOME="+filepath.Join(d.dir, "data"), "HOME="+filepath.Join(d.dir, "home"),
		"PATH="+os.Getenv("PATH"))
	d.service.Stdin = strings.NewReader("a password")
	if err := d.service.Start(); err != nil {
		return err
	}
	bus, err := dbus.Connect(d.address)
	if err != nil {
		return err
	}
	defer bus.Close()
	// A real process needs its time, and nothing tells when it is ready.
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var owned bool
		err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&owned)
		if err != nil || !owned {
			continue
		}
		if _, err = bus.Object("org.freedesktop.secrets", loginKeyring).
			GetProperty("org.freedesktop.Secret.Collection.Locked"); err == nil {
			return nil
		}
	}
	return errors.New("waited 20 s for the keyring")
}

// lock locks the keyring, as a screen saver may.
func (d *desktop) lock() error {
	bus, err := dbus.Connect(d.address)
	if err != nil {
		return err
	}
	defer bus.Close()
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	return bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{loginKeyring}).Store(&locked, &prompt)
}

// end ends the keyring.
func (d *desktop) end() {
	if d.service != nil && d.service.ProcessState == nil {
		_ = d.service.Process.Kill()
		_ = d.service.Wait() // it was killed
	}
}

// close ends all that newDesktop and start started.
func (d *desktop) close() {
	d.end()
	if d.bus != nil && d.bus.Process != nil {
		_ = d.bus.Process.Kill()
		_ = d.bus.Wait() // it was killed
	}
	_ = os.RemoveAll(d.dir)
}

// desktopKey is the key of a script's desktop in its values.
type desktopKey struct{}

// keyring start|lock|stop|go|end does that to the script's own keyring, which
// is on a bus of its own. stop makes it hang.
func keyringCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keyring start|lock|stop|go|end")
	}
	held, ok := ts.Value(desktopKey{}).(**desktop)
	if !ok {
		ts.Fatalf("the script has no desktop")
	}
	if *held == nil {
		d, err := newDesktop()
		if d != nil {
			ts.Defer(d.close)
		}
		ts.Check(err)
		*held = d
		for _, v := range d.env() {
			name, value, _ := strings.Cut(v, "=")
			ts.Setenv(name, value)
		}
	}
	d := *held
	switch args[0] {
	case "start":
		ts.Check(d.start())
	case "lock":
		ts.Check(d.lock())
	case "stop":
		ts.Check(d.service.Process.Signal(sigstop))
	case "go":
		ts.Check(d.service.Process.Signal(sigcont))
	case "end":
		d.end()
	default:
		ts.Fatalf("usage: keyring start|lock|stop|go|end")
	}
}

// worldid WORLD NAME keeps the id of a world as a variable.
func worldid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: worldid world NAME")
	}
	list, err := worlds.Home{Dir: ts.Getenv("OFFAUTH_HOME")}.List()
	ts.Check(err)
	for _, w := range list {
		if w.Name == args[0] {
			ts.Setenv(args[1], w.ID)
			return
		}
	}
	ts.Fatalf("there is no world %s", args[0])
}

// store ITEM TEXT puts a text into the script's keyring, as another program
// would.
func store(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: store item text")
	}
	cmd := exec.Command("secret-tool", "store", "--label=x", "service", "offauth", "username", args[0])
	cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+ts.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	cmd.Stdin = strings.NewReader(args[1])
	ts.Check(cmd.Run())
}

// copyTree FROM TO copies a folder.
func copyTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copy from to")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
}

package keyring

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
	gokeyring "github.com/zalando/go-keyring"

	"github.com/offauth/offauth/keystore"
)

func TestErrorsOfTheKeyringAreNamedByTheirTypes(t *testing.T) {
	bus := func(name string) error { return dbus.Error{Name: name, Body: []any{"a text that may change"}} }
	for _, c := range []struct{ err, want error }{
		{gokeyring.ErrNotFound, keystore.ErrNotFound},
		{gokeyring.ErrSetDataTooBig, keystore.ErrTooBig},
		{gokeyring.ErrUnsupportedPlatform, keystore.ErrUnavailable},
		{&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, keystore.ErrUnavailable},
		{&net.OpError{Op: "dial", Net: "unix", Err: syscall.ENOENT}, keystore.ErrUnavailable},
		{bus("org.freedesktop.DBus.Error.ServiceUnknown"), keystore.ErrUnavailable},
		{bus("org.freedesktop.DBus.Error.Spawn.ExecFailed"), keystore.ErrUnavailable},
		{bus("org.freedesktop.DBus.Error.NoReply"), keystore.ErrUnavailable},
		{bus("org.freedesktop.Secret.Error.NoSuchObject"), keystore.ErrUnavailable},
		{bus("org.freedesktop.Secret.Error.IsLocked"), keystore.ErrLocked},
		{dbus.NewError("org.freedesktop.Secret.Error.IsLocked", nil), keystore.ErrLocked},
		{dbus.ErrClosed, keystore.ErrUnavailable},
		{io.EOF, keystore.ErrUnavailable},
	} {
		got := nameError(fmt.Errorf("wrapped: %w", c.err))
		if !errors.Is(got, c.want) {
			t.Errorf("%T %v became %v, want %v", c.err, c.err, got, c.want)
		}
	}
	odd := bus("org.example.Odd")
	got := nameError(odd)
	for _, sentinel := range []error{keystore.ErrNotFound, keystore.ErrUnavailable, keystore.ErrLocked,
		keystore.ErrTooBig, keystore.ErrTimeout} {
		if errors.Is(got, sentinel) {
			t.Errorf("an unknown error became %v", sentinel)
		}
	}
	var kept dbus.Error
	if !errors.As(got, &kept) || nameError(nil) != nil {
		t.Errorf("%v is not wrapped", got)
	}
}

// The D-Bus library runs dbus-launch wherever busFound returns false.
func TestABusIsLookedForWhereTheLibraryLooks(t *testing.T) {
	dir := t.TempDir()
	if busFound("", dir) || busFound("autolaunch:", dir) {
		t.Error("a bus in an empty folder")
	}
	if !busFound("unix:path=/dead", dir) {
		t.Error("an address that is set")
	}
	file := filepath.Join(dir, "dbus-session")
	for text, want := range map[string]bool{
		"":                            false,
		"DBUS_SESSION_BUS_ADDRESS=":   false,
		"DBUS_SESSION_BUS_ADDRESS=\n": false,
		"# a comment\nDBUS_SESSION_BUS_ADDRESS=unix:path=/x":   false,
		"DBUS_SESSION_BUS_ADDRESS=unix:abstract=/tmp/dbus-x\n": true,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if busFound("", dir) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	os.Remove(file)
	if err := os.WriteFile(filepath.Join(dir, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !busFound("", dir) || !busFound("autolaunch:", dir) {
		t.Error("the bus of the user's session")
	}
}

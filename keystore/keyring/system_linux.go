package keyring

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/godbus/dbus/v5"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// checkAvailable looks for a session bus. Without one go-keyring would start a
// bus of its own (dbus-launch) with an empty keyring on it, in every process,
// and leave both behind.
//
// A bus may start its keyring service at the first call, as for every program
// of the session; the desktop also stops it.
func checkAvailable() error {
	if !busFound(os.Getenv("DBUS_SESSION_BUS_ADDRESS"), filepath.Join("/run/user", strconv.Itoa(os.Getuid()))) {
		return fmt.Errorf("%w: there is no session bus", keystore.ErrUnavailable)
	}
	return nil
}

// busFound reports whether the D-Bus library finds the address of a bus without
// starting one. It looks only where the library looks: under /run/user,
// regardless of XDG_RUNTIME_DIR.
func busFound(address, runtimeDir string) bool {
	if address != "" && address != "autolaunch:" {
		return true
	}
	if _, err := os.Stat(filepath.Join(runtimeDir, "bus")); err == nil {
		return true
	}
	// An old file with the address of the bus. If the library cannot parse it,
	// it runs dbus-launch.
	text, err := disk.ReadSmall(filepath.Join(runtimeDir, "dbus-session"), 4096)
	if err != nil {
		return false
	}
	named, ok := strings.CutPrefix(string(text), "DBUS_SESSION_BUS_ADDRESS=")
	return ok && strings.TrimRight(named, "\r\n") != ""
}

// systemError returns ErrUnavailable or ErrLocked for an error of the Secret
// Service that means one of them, else nil.
func systemError(err error) error {
	if name := busErrorName(err); name != "" {
		return busError(name)
	}
	for _, gone := range []error{dbus.ErrClosed, io.EOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, gone) {
			return keystore.ErrUnavailable
		}
	}
	// A dialog that was dismissed or could not be shown is reported as an
	// untyped error, so ask the service whether it is locked.
	return checkLocked()
}

func busErrorName(err error) string {
	var value dbus.Error
	var pointer *dbus.Error
	switch {
	case errors.As(err, &value):
		return value.Name
	case errors.As(err, &pointer):
		return pointer.Name
	}
	return ""
}

func busError(name string) error {
	switch name {
	case "org.freedesktop.Secret.Error.IsLocked":
		return keystore.ErrLocked
	case "org.freedesktop.Secret.Error.NoSuchObject",
		"org.freedesktop.DBus.Error.ServiceUnknown",
		"org.freedesktop.DBus.Error.NameHasNoOwner",
		"org.freedesktop.DBus.Error.UnknownMethod",
		"org.freedesktop.DBus.Error.UnknownObject",
		"org.freedesktop.DBus.Error.NoReply",
		"org.freedesktop.DBus.Error.NoServer",
		"org.freedesktop.DBus.Error.Disconnected",
		"org.freedesktop.DBus.Error.AccessDenied",
		"org.freedesktop.DBus.Error.TimedOut",
		"org.freedesktop.DBus.Error.Timeout":
		return keystore.ErrUnavailable
	}
	if strings.HasPrefix(name, "org.freedesktop.DBus.Error.Spawn.") {
		return keystore.ErrUnavailable
	}
	return nil
}

// checkLocked asks the service whether the collection that go-keyring uses is
// locked, on the connection that go-keyring uses too. It runs within the call
// that failed, and so within its time-out.
func checkLocked() error {
	bus, err := dbus.SessionBus()
	if err != nil {
		return keystore.ErrUnavailable
	}
	for _, collection := range []dbus.ObjectPath{secretLogin, secretDefault} {
		locked, err := bus.Object(secretService, collection).GetProperty("org.freedesktop.Secret.Collection.Locked")
		if err != nil {
			continue
		}
		if is, ok := locked.Value().(bool); ok && is {
			return keystore.ErrLocked
		}
		return nil
	}
	return keystore.ErrNoKeyring
}

// The names of the Secret Service,
// https://specifications.freedesktop.org/secret-service/.
const (
	secretService = "org.freedesktop.secrets"
	secretRoot    = dbus.ObjectPath("/org/freedesktop/secrets")
	secretLogin   = secretRoot + "/collection/login"
	secretDefault = secretRoot + "/aliases/default"
)

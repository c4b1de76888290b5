package keyring

import (
	"errors"
	"syscall"

	"github.com/offauth/offauth/keystore"
)

// checkAvailable has nothing to look for: the Credential Manager is part of
// Windows.
func checkAvailable() error { return nil }

// errNoLogonSession is ERROR_NO_SUCH_LOGON_SESSION: a service or a login over
// the network has no credentials.
const errNoLogonSession = syscall.Errno(1312)

// systemError reports whether an error of the Credential Manager means
// keystore.ErrUnavailable, or nil.
func systemError(err error) error {
	if errors.Is(err, errNoLogonSession) || errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
		return keystore.ErrUnavailable
	}
	return nil
}

// checkLocked cannot be found out here without a dialog.
func checkLocked() error { return nil }

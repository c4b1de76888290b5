package keyring

import (
	"errors"
	"syscall"

	"github.com/offauth/offauth/keystore"
)

// checkAvailable returns nil: the Credential Manager is part of Windows.
func checkAvailable() error { return nil }

// errNoLogonSession is ERROR_NO_SUCH_LOGON_SESSION: a service or a login over
// the network has no credentials.
const errNoLogonSession = syscall.Errno(1312)

// systemError returns ErrUnavailable for an error of the Credential Manager that
// means it, else nil.
func systemError(err error) error {
	if errors.Is(err, errNoLogonSession) || errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
		return keystore.ErrUnavailable
	}
	return nil
}

// checkLocked returns nil: Windows does not tell without a dialog.
func checkLocked() error { return nil }

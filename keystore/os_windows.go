package keystore

import (
	"errors"
	"syscall"
)

// wayToKeyring has nothing to look for: the Credential Manager is part of
// Windows.
func wayToKeyring() error { return nil }

// errNoLogonSession is ERROR_NO_SUCH_LOGON_SESSION: a service or a login over
// the network has no credentials.
const errNoLogonSession = syscall.Errno(1312)

// meaningOnThisSystem reports whether an error of the Credential Manager means
// ErrUnavailable, or nil.
func meaningOnThisSystem(err error) error {
	if errors.Is(err, errNoLogonSession) || errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
		return ErrUnavailable
	}
	return nil
}

// askLocked cannot be found out here without a dialog.
func askLocked() error { return nil }

package keyring

import (
	"errors"
	"os/exec"

	"github.com/offauth/offauth/keystore"
)

// checkAvailable returns nil: /usr/bin/security is part of macOS.
func checkAvailable() error { return nil }

// systemError returns ErrUnavailable or ErrLocked for an exit code of
// /usr/bin/security that means one of them, else nil. The code is the low byte of an OSStatus.
func systemError(err error) error {
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return nil
	}
	switch ended.ExitCode() {
	case 36, // errSecInteractionNotAllowed: locked, and nobody can be asked
		29,  // errSecInteractionRequired
		51,  // errSecAuthFailed: a wrong password
		128: // userCanceledErr: the dialog was dismissed
		return keystore.ErrLocked
	case 37, // errSecNoDefaultKeychain
		50, // errSecNoSuchKeychain
		53: // errSecNotAvailable
		return keystore.ErrUnavailable
	}
	return nil
}

// checkLocked returns nil: macOS does not tell without a dialog.
func checkLocked() error { return nil }

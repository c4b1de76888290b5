package keyring

import (
	"errors"
	"os/exec"

	"github.com/offauth/offauth/keystore"
)

// checkAvailable has nothing to look for: /usr/bin/security is part of macOS.
func checkAvailable() error { return nil }

// systemError says which of keystore.ErrUnavailable and keystore.ErrLocked the exit code
// of /usr/bin/security means, or nil. The code is the low byte of an OSStatus.
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

// checkLocked cannot be found out here without a dialog.
func checkLocked() error { return nil }

package keystore

import (
	"errors"
	"os/exec"
)

// wayToKeyring has nothing to look for: /usr/bin/security is part of macOS.
func wayToKeyring() error { return nil }

// meaningOnThisSystem says which of ErrUnavailable and ErrLocked the exit code
// of /usr/bin/security means, or nil. The code is the low byte of an OSStatus.
func meaningOnThisSystem(err error) error {
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return nil
	}
	switch ended.ExitCode() {
	case 36, // errSecInteractionNotAllowed: locked, and nobody can be asked
		29,  // errSecInteractionRequired
		51,  // errSecAuthFailed: a wrong password
		128: // userCanceledErr: the dialog was dismissed
		return ErrLocked
	case 37, // errSecNoDefaultKeychain
		50, // errSecNoSuchKeychain
		53: // errSecNotAvailable
		return ErrUnavailable
	}
	return nil
}

// askLocked cannot be found out here without a dialog.
func askLocked() error { return nil }

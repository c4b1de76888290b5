package keyring

import (
	"errors"
	"fmt"
	"net"
	"os/exec"

	gokeyring "github.com/zalando/go-keyring"

	"github.com/offauth/offauth/keystore"
)

// system is the operating system's keyring: Secret Service, Keychain or
// Credential Manager. go-keyring has no time-out and no context, may start
// daemons if there is no bus, and returns errors of many libraries; so
// checkAvailable runs before each call, and nameError after it.
type system struct{}

var _ Backend = (*system)(nil)

// locked returns ErrLocked if a call would open a dialog.
func (*system) locked() error {
	if err := checkAvailable(); err != nil {
		return err
	}
	return checkLocked()
}

// Get implements Backend.
func (*system) Get(service, user string) (string, error) {
	if err := checkAvailable(); err != nil {
		return "", err
	}
	text, err := gokeyring.Get(service, user)
	return text, nameError(err)
}

// Set implements Backend.
func (*system) Set(service, user, text string) error {
	if err := checkAvailable(); err != nil {
		return err
	}
	return nameError(gokeyring.Set(service, user, text))
}

// Delete implements Backend.
func (*system) Delete(service, user string) error {
	if err := checkAvailable(); err != nil {
		return err
	}
	return nameError(gokeyring.Delete(service, user))
}

// nameError wraps an error in the matching error of package keystore. It looks
// at types and values, never at texts.
func nameError(err error) error {
	if err == nil {
		return nil
	}
	var noProgram *exec.Error
	var noPeer *net.OpError
	var meaning error
	switch {
	case errors.Is(err, gokeyring.ErrNotFound):
		return keystore.ErrNotFound
	case errors.Is(err, gokeyring.ErrSetDataTooBig):
		meaning = keystore.ErrTooBig
	case errors.Is(err, gokeyring.ErrUnsupportedPlatform), errors.As(err, &noProgram), errors.As(err, &noPeer):
		meaning = keystore.ErrUnavailable
	default:
		meaning = systemError(err)
	}
	if meaning == nil {
		return fmt.Errorf("the keyring answered: %w", err)
	}
	return fmt.Errorf("%w: %w", meaning, err)
}

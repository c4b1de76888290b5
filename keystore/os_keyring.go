package keystore

import (
	"errors"
	"fmt"
	"net"
	"os/exec"

	gokeyring "github.com/zalando/go-keyring"
)

// systemKeyring is the operating system's keyring: Secret Service, Keychain or
// Credential Manager. go-keyring knows no time-out and no context, may start
// daemons where there is no bus, and gives errors of many libraries; so the
// way is looked at before each call, and each error named after it.
type systemKeyring struct{}

var _ Backend = (*systemKeyring)(nil)

// locked reports whether a dialog would come up.
func (*systemKeyring) locked() error {
	if err := wayToKeyring(); err != nil {
		return err
	}
	return askLocked()
}

// Get implements Backend.
func (*systemKeyring) Get(service, user string) (string, error) {
	if err := wayToKeyring(); err != nil {
		return "", err
	}
	text, err := gokeyring.Get(service, user)
	return text, nameKeyringError(err)
}

// Set implements Backend.
func (*systemKeyring) Set(service, user, text string) error {
	if err := wayToKeyring(); err != nil {
		return err
	}
	return nameKeyringError(gokeyring.Set(service, user, text))
}

// Delete implements Backend.
func (*systemKeyring) Delete(service, user string) error {
	if err := wayToKeyring(); err != nil {
		return err
	}
	return nameKeyringError(gokeyring.Delete(service, user))
}

// nameKeyringError says what an error means, going by types and values alone.
func nameKeyringError(err error) error {
	if err == nil {
		return nil
	}
	var noProgram *exec.Error
	var noPeer *net.OpError
	meaning := meaningOnThisSystem(err)
	switch {
	case errors.Is(err, gokeyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, gokeyring.ErrSetDataTooBig):
		meaning = ErrTooBig
	case errors.Is(err, gokeyring.ErrUnsupportedPlatform), errors.As(err, &noProgram), errors.As(err, &noPeer):
		meaning = ErrUnavailable
	}
	if meaning == nil {
		return fmt.Errorf("the keyring answered: %w", err)
	}
	return fmt.Errorf("%w: %w", meaning, err)
}

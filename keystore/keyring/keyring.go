// Package keyring has the vault in the keyring of the operating system. Reads
// and writes use go-keyring alone, each with a time-out.
package keyring

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/offauth/offauth/keystore"
)

// service is the service name of the items in the keyring; the user name is the
// item's name.
const service = "offauth"

// Backend is a keyring that stores texts: the operating system's, or a test's.
// Its errors wrap ErrNotFound, ErrUnavailable, ErrLocked or ErrTooBig if they
// have that meaning. A call may block for ever, for example on a dialog.
type Backend interface {
	Get(service, user string) (string, error)
	Set(service, user, text string) error
	// Delete may return ErrNotFound for a missing item.
	Delete(service, user string) error
}

// Vault stores items in the keyring of the operating system, as base64. It
// makes one call at a time. A process must share one Vault among all its
// worlds, so that it does not call a keyring that hangs again.
type Vault struct {
	keyring Backend
	wait    time.Duration
	// turn is held by the current call until it returns.
	turn chan struct{}

	mu sync.Mutex
	// stuck is the current call after it timed out.
	stuck *call
}

var _ keystore.Vault = (*Vault)(nil)

// New returns the vault in the keyring of the operating system. wait is the
// time-out of each call: a few seconds if nobody can answer a dialog, a minute
// on a terminal.
func New(wait time.Duration) *Vault { return NewOn(&system{}, wait) }

// NewOn returns a vault on another keyring.
func NewOn(keyring Backend, wait time.Duration) *Vault {
	return &Vault{keyring: keyring, wait: wait, turn: make(chan struct{}, 1)}
}

// Locked returns ErrLocked if the keyring is locked, or the error of asking it,
// if that can be found out without a dialog.
func (v *Vault) Locked(ctx context.Context) error {
	k, ok := v.keyring.(interface{ locked() error })
	if !ok {
		return nil
	}
	_, err := v.call(ctx, func() (string, error) { return "", k.locked() })
	return err
}

// Get implements Vault. The error wraps ErrDamaged if another program wrote the
// item.
func (v *Vault) Get(ctx context.Context, name string) ([]byte, error) {
	if err := keystore.CheckGet(ctx, name); err != nil {
		return nil, err
	}
	text, err := v.call(ctx, func() (string, error) { return v.keyring.Get(service, name) })
	if errors.Is(err, keystore.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s", keystore.ErrNotFound, name)
	}
	if err != nil {
		return nil, err
	}
	// An item that was restored with another tool may end in a newline.
	value, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(text))
	if err != nil || len(value) > keystore.MaxItem {
		return nil, keystore.DamagedItem(name, errors.New("it is not the text that offauth keeps"))
	}
	return value, nil
}

// Set implements Vault.
func (v *Vault) Set(ctx context.Context, name string, value []byte) error {
	if err := keystore.CheckSet(ctx, name, value); err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(value)
	_, err := v.call(ctx, func() (string, error) { return "", v.keyring.Set(service, name, text) })
	return err
}

// Delete implements Vault.
func (v *Vault) Delete(ctx context.Context, name string) error {
	if err := keystore.CheckGet(ctx, name); err != nil {
		return err
	}
	_, err := v.call(ctx, func() (string, error) { return "", v.keyring.Delete(service, name) })
	if errors.Is(err, keystore.ErrNotFound) {
		return nil
	}
	return err
}

// call is one call of the keyring.
type call struct {
	// given receives the answer; it is buffered, so that a late answer does not
	// block.
	given chan answer
	// returned is guarded by the vault's mutex.
	returned bool
}

type answer struct {
	text string
	err  error
}

// call makes one call and waits for it until the time-out. A call cannot be
// interrupted, so one that takes too long is abandoned. Until it returns, all
// other calls return ErrTimeout at once, since they would only queue up behind
// the same dialog or dead service.
func (v *Vault) call(ctx context.Context, do func() (string, error)) (string, error) {
	if v.hangs() {
		return "", fmt.Errorf("%w: an earlier call still hangs", keystore.ErrTimeout)
	}
	late := time.NewTimer(v.wait)
	defer late.Stop()
	select {
	case v.turn <- struct{}{}:
	case <-late.C:
		return "", v.tooLate()
	case <-ctx.Done():
		return "", ended(ctx)
	}
	c := &call{given: make(chan answer, 1)}
	go v.make(c, do)
	var err error
	select {
	case a := <-c.given:
		return a.text, a.err
	case <-late.C:
		err = v.tooLate()
	case <-ctx.Done():
		err = ended(ctx)
	}
	if errors.Is(err, keystore.ErrTimeout) {
		v.giveUp(c)
	}
	return "", err
}

// make makes the call and then gives the turn to others.
func (v *Vault) make(c *call, do func() (string, error)) {
	a := recovered(do)
	v.mu.Lock()
	c.returned = true
	if v.stuck == c {
		v.stuck = nil
	}
	v.mu.Unlock()
	c.given <- a
	<-v.turn
}

// giveUp records that no caller waits for a call.
func (v *Vault) giveUp(c *call) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !c.returned {
		v.stuck = c
	}
}

func (v *Vault) hangs() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.stuck != nil
}

func (v *Vault) tooLate() error {
	return fmt.Errorf("%w: the keyring was given %s", keystore.ErrTimeout, v.wait)
}

// ended returns the error if ctx ended first. A deadline of the caller counts
// as a shorter time-out.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", keystore.ErrTimeout, ctx.Err())
	}
	return ctx.Err()
}

// recovered turns a panic into an error: go-keyring and its D-Bus library panic
// on invalid answers, and if the bus goes away while a dialog is open.
func recovered(do func() (string, error)) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			err := fmt.Errorf("%w: the keyring gave an answer that cannot be understood: %v", keystore.ErrUnavailable, r)
			a = answer{err: err}
		}
	}()
	text, err := do()
	return answer{text, err}
}

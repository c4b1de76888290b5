// Package keyring has the vault in the keyring of the operating system. Reads
// and writes go through go-keyring alone, each within a time-out.
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

// service is the service under which the items lie in the keyring; the user
// name is the item's.
const service = "offauth"

// Backend is a keyring that keeps texts: the operating system's, or a test's.
// Its errors wrap ErrNotFound, ErrUnavailable, ErrLocked or ErrTooBig where
// they mean one of them. A call may take for ever, as a dialog does.
type Backend interface {
	Get(service, user string) (string, error)
	Set(service, user, text string) error
	// Delete may answer ErrNotFound for what is not there.
	Delete(service, user string) error
}

// Vault keeps items in the keyring of the operating system, as base64. It
// makes one call at a time. A process needs one, however many worlds it
// opens: that is what keeps it from calling a keyring that hangs again.
type Vault struct {
	keyring Backend
	wait    time.Duration
	// turn is held by the one call that is under way, until it returns.
	turn chan struct{}

	mu sync.Mutex
	// stuck is the call under way, once it was given up.
	stuck *call
}

var _ keystore.Vault = (*Vault)(nil)

// New returns the vault in the keyring of the operating system. wait
// limits each call: a few seconds where nobody can answer a dialog, a minute
// on a terminal.
func New(wait time.Duration) *Vault { return NewOn(&system{}, wait) }

// NewOn returns the vault in another keyring.
func NewOn(keyring Backend, wait time.Duration) *Vault {
	return &Vault{keyring: keyring, wait: wait, turn: make(chan struct{}, 1)}
}

// Locked returns ErrLocked if the keyring is locked, or the error that keeps it
// from being asked, where that can be found out without a dialog.
func (v *Vault) Locked(ctx context.Context) error {
	k, ok := v.keyring.(interface{ locked() error })
	if !ok {
		return nil
	}
	_, err := v.call(ctx, func() (string, error) { return "", k.locked() })
	return err
}

// Get implements Vault. The error wraps ErrDamaged if another program wrote
// under this name.
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
	// An item that was put back with another tool may end in a new line.
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
	// given takes the answer; it has room, so that a late one is not stuck.
	given chan answer
	// returned is guarded by the vault's mutex.
	returned bool
}

type answer struct {
	text string
	err  error
}

// call makes one call and waits for it as long as may be waited. A call cannot
// be ended from outside, so one that takes too long is left to itself; until
// it has returned, all others are answered ErrTimeout at once, for they would
// only queue up behind the same dialog or the same dead service.
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

// make makes the call, and then lets others have their turn.
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

// giveUp records that no caller waits for a call any more.
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

// ended is what is said when ctx ended first. Whoever set a deadline asked for
// a shorter time-out than ours.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", keystore.ErrTimeout, ctx.Err())
	}
	return ctx.Err()
}

// recovered turns a panic into an error: go-keyring and its D-Bus library panic
// on answers that no keyring should give, and when the bus goes away while a
// dialog is open.
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

package vault

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/offauth/offauth/keystore"
)

// Memory is a vault in memory, for scenarios and tests. Goroutines may share
// it.
type Memory struct {
	mu    sync.Mutex
	items map[string][]byte
}

var _ keystore.Vault = (*Memory)(nil)

// NewMemory returns an empty vault.
func NewMemory() *Memory { return &Memory{items: map[string][]byte{}} }

// Get implements Vault.
func (v *Memory) Get(ctx context.Context, name string) ([]byte, error) {
	if err := keystore.CheckGet(ctx, name); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	value, ok := v.items[name]
	if !ok {
		return nil, fmt.Errorf("%w: %s", keystore.ErrNotFound, name)
	}
	return append([]byte{}, value...), nil
}

// Set implements Vault.
func (v *Memory) Set(ctx context.Context, name string, value []byte) error {
	if err := keystore.CheckSet(ctx, name, value); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.items[name] = bytes.Clone(value)
	return nil
}

// Delete implements Vault.
func (v *Memory) Delete(ctx context.Context, name string) error {
	if err := keystore.CheckGet(ctx, name); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.items, name)
	return nil
}

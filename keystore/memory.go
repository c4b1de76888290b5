package keystore

import (
	"bytes"
	"context"
	"fmt"
	"sync"
)

// MemoryVault forgets everything when the process ends. It serves scenarios
// and tests, and may be used by many goroutines.
type MemoryVault struct {
	mu    sync.Mutex
	items map[string][]byte
}

var _ Vault = (*MemoryVault)(nil)

// NewMemoryVault returns an empty vault.
func NewMemoryVault() *MemoryVault { return &MemoryVault{items: map[string][]byte{}} }

// Get implements Vault.
func (v *MemoryVault) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkGet(ctx, name); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	value, ok := v.items[name]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	return append([]byte{}, value...), nil
}

// Set implements Vault.
func (v *MemoryVault) Set(ctx context.Context, name string, value []byte) error {
	if err := checkSet(ctx, name, value); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.items[name] = bytes.Clone(value)
	return nil
}

// Delete implements Vault.
func (v *MemoryVault) Delete(ctx context.Context, name string) error {
	if err := checkGet(ctx, name); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.items, name)
	return nil
}

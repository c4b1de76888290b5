//go:build unix

package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keyring"
	"github.com/offauth/offauth/keystore/worlds"
)

// bareCalls makes only the keyring calls of "device unlock -q". TestPerfKeyring
// counts them.
const bareCalls = `package main

import (
	"os"

	"github.com/zalando/go-keyring"
)

func main() {
	id := os.Args[1]
	var text string
	for _, call := range os.Args[2:] {
		var err error
		switch call {
		case "get key":
			_, err = keyring.Get("offauth", id+"/key")
		case "get gen":
			text, err = keyring.Get("offauth", id+"/gen")
		case "set gen":
			err = keyring.Set("offauth", id+"/gen", text)
		}
		if err != nil {
			panic(err)
		}
	}
}
`

// TestPerfKeyring compares "device unlock -q" on a real Secret Service with a
// bare program that makes the same calls.
func TestPerfKeyring(t *testing.T) {
	long(t)
	d := onDesktop(t)
	bin := perfBinaries(t)
	s := &stage{bin: bin, home: filepath.Join(t.TempDir(), "home"), count: 100, desktop: d.env()}
	s.furnish(t)
	list, err := worlds.Home{Dir: s.home}.List()
	if err != nil || len(list) != 1 || list[0].VaultKind != keystore.KindOS {
		t.Fatal(list, err)
	}
	bare := filepath.Join(t.TempDir(), "bare")
	if err := os.WriteFile(bare+".go", []byte(bareCalls), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bare, bare+".go")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	calls := s.keyringCalls(t)
	t.Logf("its calls: %q", calls)
	compare(t, 2.2, s.unlock("device unlock -q"), &contender{name: "the same calls", start: func() *exec.Cmd {
		cmd := exec.Command(bare, append([]string{list[0].ID}, calls...)...)
		cmd.Env = s.env()
		return cmd
	}})
}

// keyringCalls returns the calls that one "device unlock -q" makes.
func (s *stage) keyringCalls(t *testing.T) []string {
	t.Helper()
	s.unlock("").before(t, 0)
	for _, v := range s.env() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	counted := &countedVault{}
	d := app.NewDeps(nil)
	d.Streams = app.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	d.Keyring = func(wait time.Duration, _ func()) keystore.Vault {
		counted.Vault = keyring.New(wait)
		return counted
	}
	if code := cli.Run(t.Context(), d, []string{"device", "unlock", "-q"}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	return counted.calls
}

// countedVault records the calls for each item.
type countedVault struct {
	keystore.Vault
	calls []string
}

func (v *countedVault) note(call, item string) {
	v.calls = append(v.calls, call+" "+item[strings.Index(item, "/")+1:])
}

func (v *countedVault) Get(ctx context.Context, item string) ([]byte, error) {
	v.note("get", item)
	return v.Vault.Get(ctx, item)
}

func (v *countedVault) Set(ctx context.Context, item string, value []byte) error {
	v.note("set", item)
	return v.Vault.Set(ctx, item, value)
}

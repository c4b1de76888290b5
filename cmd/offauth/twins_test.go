//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestTwoHomesOfOneWorldTakeTurns types one PIN at one workstation in two homes
// that share a vault, at the same time: one of them unlocks. Rules: A12, A14.
func TestTwoHomesOfOneWorldTakeTurns(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	two := filepath.Join(l.dir, "two")
	if err := os.CopyFS(two, os.DirFS(l.home())); err != nil {
		t.Fatal(err)
	}
	vault := filepath.Join(two, "vault")
	if err := os.RemoveAll(vault); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(l.home(), "vault"), vault); err != nil {
		t.Fatal(err)
	}
	worlds := [2]string{filepath.Join(l.home(), "worlds"), filepath.Join(two, "worlds")}
	prefix := [2][]string{nil, {"env", "OFFAUTH_HOME=" + two}}
	for range share(5, 60) {
		l.must(t, "device hide --phone pixel")
		pin := l.unlock(t).PIN
		if err := os.RemoveAll(worlds[1]); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(worlds[1], os.DirFS(worlds[0])); err != nil {
			t.Fatal(err)
		}
		answers := make(chan [2]int, 2)
		for i := range 2 {
			go func() {
				answers <- [2]int{i, l.run(t.Context(), prefix[i], pin+"\n", "workstation", "login", "LAPTOP-7", "--stdin").exit}
			}()
		}
		won := -1
		for range 2 {
			if a := <-answers; a[1] == 0 && won >= 0 {
				t.Fatal("both homes unlocked with one PIN")
			} else if a[1] == 0 {
				won = a[0]
			}
		}
		if won < 0 {
			t.Fatal("neither home unlocked")
		}
		if won == 1 { // its state is the newest
			if err := os.RemoveAll(worlds[0]); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(worlds[0], os.DirFS(worlds[1])); err != nil {
				t.Fatal(err)
			}
		}
		l.must(t, "workstation lock LAPTOP-7")
	}
}

// TestAFIFOKeepsNobodyWaiting returns FIFOs that nobody writes to, and ends what
// waits for one with a signal.
func TestAFIFOKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	fifo := filepath.Join(l.dir, "fifo")
	bad := filepath.Join(l.home(), "worlds", "bad")
	if err := os.MkdirAll(bad, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, filepath.Join(bad, "world.db")} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		exit int
		args []string
	}{
		{0, []string{"world", "list"}},
		{7, []string{"world", "show", "bad"}},
		{7, []string{"world", "show", "--identity", fifo}},
		{7, []string{"world", "restore", fifo, "--as", "x"}},
		{0, []string{"world", "delete", "bad", "--force"}},
	} {
		if a := l.run(t.Context(), nil, "", c.args...); a.exit != c.exit || a.late {
			t.Errorf("not exit %d: %s", c.exit, a)
		}
	}
	cmd := l.command(t.Context(), nil, "", "device", "scan", fifo)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	deadline := time.After(time.Minute)
	for {
		select {
		case err := <-ended:
			// It may not have listened yet, and end by the signal itself.
			if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 3 && exit.ExitCode() != -1 {
				t.Errorf("%v: %s", err, out.String())
			}
			return
		case <-deadline:
			_ = cmd.Process.Kill() // it is waited for above
			t.Fatal("a signal does not end it")
		case <-time.After(time.Second):
			_ = cmd.Process.Signal(syscall.SIGINT) // or it has ended
		}
	}
}

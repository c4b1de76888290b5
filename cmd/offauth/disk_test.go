//go:build linux

package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// mountsVariable is set in a child process that has its own mounts.
const mountsVariable = "OFFAUTH_TEST_MOUNTS"

// ownMounts runs the test again in a process with its own mounts, and reports
// whether this is that process.
func ownMounts(t *testing.T) bool {
	t.Helper()
	if os.Getenv(mountsVariable) != "" {
		if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
			t.Fatal(err)
		}
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1",
		"-test.timeout=0")
	cmd.Env = append(os.Environ(), mountsVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		absentf(t, "no mounts of our own here: %v", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	t.Log(out.String())
	return false
}

func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		absentf(t, "mount %s: %v", target, err)
	}
}

// readOnly makes a file or folder read-only, for root too, until it is called
// again.
func readOnly(t *testing.T, path string) (writable func()) {
	t.Helper()
	mount(t, path, path, "", syscall.MS_BIND, "")
	mount(t, "", path, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	return func() {
		if err := syscall.Unmount(path, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// failed checks the failure of a command that could not do its work: exit 7, a
// code, one line, a hint, no PIN. Where the database took the change and the
// vault did not, the code is the vault's.
func failed(t *testing.T, a answer, codes ...string) {
	t.Helper()
	codes = append(codes, "vault_unavailable", "vault_write_failed")
	switch {
	case a.exit != 7 || a.reply == nil || a.Fault == nil || a.OK:
		t.Fatalf("not the exit code 7: %s", a)
	case !slices.Contains(codes, a.Fault.Code):
		t.Fatalf("the code is %s, not of %v: %s", a.Fault.Code, codes, a)
	case a.Fault.Message == "" || strings.ContainsAny(a.Fault.Message, "\n\r") || a.Fault.Hint == "":
		t.Fatalf("no line and hint: %s", a)
	case len(a.Events) > 0 || len(a.Result) > 0 || a.errs != "":
		t.Fatalf("something is told of what failed: %s", a)
	}
}

// failedText is failed for a command without --json.
func failedText(t *testing.T, l *lab, line string) {
	t.Helper()
	cmd := l.command(t.Context(), nil, "", strings.Fields(line)...)
	cmd.Args = cmd.Args[:len(cmd.Args)-1]
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the exit code says it
	said := strings.Split(strings.TrimSuffix(errs.String(), "\n"), "\n")
	ok := cmd.ProcessState.ExitCode() == 7 && out.Len() == 0 && len(said) > 1 && strings.HasPrefix(said[0], "error: ")
	for _, row := range said[1:] {
		ok = ok && strings.HasPrefix(row, "hint: ")
	}
	if !ok {
		t.Fatalf("%s: exit %d, %q, %q", line, cmd.ProcessState.ExitCode(), out.String(), errs.String())
	}
}

// fullDisk is a small file system that can be filled.
type fullDisk struct{ dir string }

// newFullDisk puts a lab's home on one.
func newFullDisk(t *testing.T, l *lab) fullDisk {
	t.Helper()
	files, err := readTree(l.home())
	if err != nil {
		t.Fatal(err)
	}
	mount(t, "tmpfs", l.home(), "tmpfs", 0, "size=2m")
	t.Cleanup(func() { _ = syscall.Unmount(l.home(), 0) }) // or the namespace ends it
	if err := os.CopyFS(l.home(), files); err != nil {
		t.Fatal(err)
	}
	return fullDisk{l.home()}
}

// fill fills the disk except for some bytes.
func (d fullDisk) fill(t *testing.T, free int) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		t.Fatal(err)
	}
	size := int(s.Bavail)*int(s.Bsize) - free
	if err := os.WriteFile(filepath.Join(d.dir, "filler"), make([]byte, max(size, 0)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (d fullDisk) makeRoom(t *testing.T) {
	t.Helper()
	if err := os.Remove(filepath.Join(d.dir, "filler")); err != nil {
		t.Fatal(err)
	}
}

// TestDiskFull runs every command on a disk without room, then with a little
// more, until it succeeds: it says that the disk is full, and once there is
// room the world is as it was. Rules: A12, A13.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	l := newLab(t)
	disk := newFullDisk(t, l)
	step, failures := share(192, 4)<<10, 0
	misnamed := map[string]bool{} // SQLite does not always say why
	said := func(a answer) {
		t.Helper()
		failed(t, a, "storage_full", "storage_failed")
		if a.code() == "storage_failed" {
			misnamed[a.Fault.Message] = true
		}
		failures++
	}
	for i, d := range deeds() {
		if d.name == "world delete" || i%share(2, 1) > 0 {
			continue // for the first, which makes room, TestDiskDelete
		}
		stdin, line := d.ready(t, l, 10+i)
		for free := 0; ; free += step {
			disk.fill(t, free)
			if free == 0 {
				failedText(t, l, line)
			}
			a := l.run(t.Context(), nil, stdin, strings.Fields(line)...)
			disk.makeRoom(t)
			if a.exit == 0 || a.exit == 4 || a.code() == "already_there" { // done now, or before and not told
				t.Logf("%s: %d KiB suffice", d.name, free>>10)
				l.after(t, d, stdin, line, a)
				break
			}
			said(a)
			l.after(t, deed{}, stdin, line, a)
		}
	}
	for _, line := range reading {
		disk.fill(t, 0)
		if a := l.run(t.Context(), nil, "", strings.Fields(line)...); a.exit != 0 {
			said(a)
		}
		disk.makeRoom(t)
		l.must(t, line)
	}
	l.audit(t)
	l.sweep(t)
	t.Logf("%d commands failed on a full disk", failures)
	for message := range misnamed {
		t.Errorf("a full disk is called storage_failed: %s", message)
	}
}

// TestDiskReadOnly runs every command on a home, a world, a vault and a
// database that are read-only. Rules: A12, A13.
func TestDiskReadOnly(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	l := newLab(t)
	world := filepath.Join(l.home(), "worlds", labWorld)
	for n, c := range []struct {
		path string
		// all says that no change can be made at all.
		all bool
	}{{l.home(), true}, {world, false}, {filepath.Join(world, "world.db"), false},
		{filepath.Join(l.home(), "vault"), false}} {
		failures, tried := 0, 0
		for i, d := range deeds() {
			if d.name == "world delete" || i%share(5, 1) != n%share(5, 1) {
				continue // for the first, TestDiskDelete
			}
			tried++
			stdin, line := d.ready(t, l, 10+30*n+i)
			writable := readOnly(t, c.path)
			a := l.run(t.Context(), nil, stdin, strings.Fields(line)...)
			if a.exit == 7 {
				failed(t, a, "storage_read_only")
				failures++
			} else if c.all || a.exit != 0 && a.exit != 4 {
				t.Fatalf("%s is read-only: %s", c.path, a)
			}
			writable()
			l.after(t, d, stdin, line, a)
		}
		for _, line := range reading {
			writable := readOnly(t, c.path)
			if a := l.run(t.Context(), nil, "", strings.Fields(line)...); a.exit != 0 {
				failed(t, a, "storage_read_only")
			}
			writable()
			l.must(t, line)
		}
		l.audit(t)
		l.sweep(t)
		t.Logf("%s read-only: %d of %d changes refused", strings.TrimPrefix(c.path, l.dir), failures, tried)
	}
}

// TestDiskDelete deletes a world where its vault cannot be written to, or the
// disk is full: the world goes and its key with it, or both are there to be
// deleted again. Rule: A13.
func TestDiskDelete(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	again := func(t *testing.T, l *lab, a answer) {
		t.Helper()
		if a.exit != 0 {
			failed(t, a, "storage_full", "storage_failed", "storage_read_only")
		}
		worldAgain(t, l, "", "", a)
		l.audit(t)
	}
	t.Run("on a full disk", func(t *testing.T) {
		l := newLab(t)
		disk := newFullDisk(t, l)
		l.must(t, "world create other")
		disk.fill(t, 0)
		a := l.run(t.Context(), nil, "", "world", "delete", "other", "--force")
		disk.makeRoom(t)
		again(t, l, a)
	})
	for _, path := range []string{"", "worlds", "worlds/other", "vault"} {
		t.Run("read-only home/"+path, func(t *testing.T) {
			l := newLab(t)
			l.must(t, "world create other")
			writable := readOnly(t, filepath.Join(l.home(), path))
			a := l.run(t.Context(), nil, "", "world", "delete", "other", "--force")
			writable()
			again(t, l, a)
		})
	}
}

// TestDiskFaults makes the N-th sync or write of a command fail, for every N:
// the command fails with the right code or succeeds, and what it reported is
// stored. Rules: A12, A13.
func TestDiskFaults(t *testing.T) {
	t.Parallel()
	s := newStrace(t)
	for _, d := range deeds() {
		most := share(map[string]int{"device unlock": 2, "workstation login": 1, "world create": 1}[d.name], all)
		if most == 0 {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			l := newLab(t)
			stdin, line := d.ready(t, l, 10)
			for _, fault := range []struct {
				what  string
				kinds []string
			}{
				{"error=EIO", []string{"fsync", "fdatasync", "ftruncate", "renameat"}},
				{"error=ENOSPC", []string{"pwrite64", "mkdirat"}},
				{"error=EIO", []string{"pwrite64"}},
			} {
				if fault.kinds[0] == "pwrite64" && fault.what == "error=EIO" && os.Getenv("OFFAUTH_LONG") == "" {
					continue
				}
				s.walk(t, l, stdin, line, fault.kinds, most, fault.what, func(t *testing.T, l *lab, a answer) {
					if a.exit != 0 && a.exit != 4 {
						failed(t, a, "storage_full", "storage_failed")
					}
					l.after(t, d, stdin, line, a)
				})
			}
		})
	}
}

// TestDiskDamage cuts the database at its pages and flips random bits: a
// command shows the right rows or refuses by name. The keystore's own tests do
// this at length; here it goes through the whole program.
func TestDiskDamage(t *testing.T) {
	t.Parallel()
	random := seed(t)
	l := newLab(t)
	l.unlock(t)
	file := filepath.Join(l.home(), "worlds", labWorld, "world.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{"log --last 0", "device status", "workstation status LAPTOP-7", "device hide --phone pixel"}
	right := map[string]string{}
	for _, line := range lines[:3] {
		right[line] = l.must(t, line).out
	}
	vault, err := readTree(filepath.Join(l.home(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	var damages [][]byte
	for n := 0; n < len(whole); n += 4096 * share(3, 1) {
		damages = append(damages, whole[:n])
	}
	for range share(12, 5000) {
		damages = append(damages, flipped(whole, random))
	}
	refused := 0
	for i, damage := range damages {
		for _, line := range lines {
			for _, suffix := range []string{"-wal", "-shm"} {
				if err := os.Remove(file + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(file, damage, 0o600); err != nil {
				t.Fatal(err)
			}
			// What an earlier command has noted there of a later state goes too.
			for name, item := range vault {
				if err := os.WriteFile(filepath.Join(l.home(), "vault", name), item.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			a := l.run(t.Context(), nil, "", strings.Fields(line)...)
			switch {
			case a.exit == 7:
				failed(t, a, "storage_damaged", "storage_foreign", "storage_newer", "storage_failed", "storage_read_only",
					"vault_item_missing", "vault_item_damaged", "state_rolled_back")
				refused++
			case a.exit != 0 || right[line] != "" && a.out != right[line]:
				t.Fatalf("damage %d (%d of %d bytes): %s", i, len(damage), len(whole), a)
			}
		}
	}
	t.Logf("%d of %d commands refused, over %d damages", refused, len(damages)*len(lines), len(damages))
	if refused == 0 {
		t.Error("nothing was noticed: does the test still damage anything?")
	}
}

func flipped(whole []byte, random *rand.Rand) []byte {
	broken := bytes.Clone(whole)
	bit := random.IntN(len(whole) * 8)
	broken[bit/8] ^= 1 << (bit % 8)
	return broken
}

// TestDiskWithoutLocks runs on a volume that cannot lock files: the error must
// blame the volume, although SQLite reports another process.
func TestDiskWithoutLocks(t *testing.T) {
	t.Parallel()
	s := newStrace(t)
	for line, folder := range map[string]string{
		"log":                                   labWorld,
		"world delete " + labWorld + " --force": labWorld,
		"world create other":                    ".new-other",
	} {
		t.Run(line, func(t *testing.T) {
			l := newLab(t)
			dir := filepath.Join(l.home(), "worlds", folder)
			prefix := []string{s.path, "-f", "-qq", "-o", os.DevNull, "-e", "signal=none",
				"-P", filepath.Join(dir, "world.db"), "-P", filepath.Join(dir, "world.lock"),
				"-e", "trace=fcntl", "-e", "inject=fcntl:error=ENOLCK"}
			a := l.run(t.Context(), prefix, "", strings.Fields(line)...)
			failed(t, a, "storage_failed")
			if !strings.Contains(a.Fault.Message, "this volume has no file locks") {
				t.Errorf("%s", a)
			}
		})
	}
}

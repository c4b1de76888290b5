package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
)

// completed returns the completions of a command line, without their
// descriptions.
func (f *fixture) completed(args ...string) []string {
	f.t.Helper()
	code, out, errs := f.run(f.t.Context(), append([]string{cobra.ShellCompRequestCmd}, args...)...)
	if code != 0 || len(f.asked) > 0 {
		f.t.Fatalf("%q: exit code %d, asked %q, stderr %q", args, code, f.asked, errs)
	}
	words := []string{}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if word, _, _ := strings.Cut(line, "\t"); !strings.HasPrefix(word, ":") {
			words = append(words, word)
		}
	}
	return words
}

// files lists what is in a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil {
			all = append(all, path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return all
}

func TestCompletionKnowsTheNamesOfTheWorld(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("admin", "user", "add", "bob")
	f.ok("device", "register", "iphone", "--user", "bob")
	f.ok("device", "replace", "iphone", "iphone-2")
	before := files(t, f.home)
	f.terminal = true // somebody could be asked, and must not be
	for _, row := range []struct{ args, want string }{
		{"device unlock ", "LAPTOP-7"},
		{"device passkey unlock L", "LAPTOP-7"},
		{"device unlock LAPTOP-7 ", ""},
		{"device tap --phone ", "pixel iphone-2 iphone"},
		{"device tap --phone=p", "pixel"},
		{"device tap --user b", "bob"},
		{"device tap --press ", "short long"},
		{"device replace ", "pixel iphone-2"},
		{"device replace pixel ", ""},
		{"device register x --platform ", "android ios"},
		{"workstation login ", "LAPTOP-7 DESKTOP-3"},
		{"workstation add x --family ", "hypr onespan"},
		{"tray status ", "DESKTOP-3"},
		{"tray update --user ", "alice bob"},
		{"admin authenticator assign ", "pixel iphone-2"},
		{"admin authenticator assign pixel --type ", "time event"},
		{"admin offline-data delete ", "alice bob"},
		{"admin policy set onespan.backend.authentication=",
			"onespan.backend.authentication=none onespan.backend.authentication=always"},
		{"admin user unlock ", "alice bob"},
		{"admin user add ", ""},
		{"admin audit --user a", "alice"},
		{"admin policy explain hypr.pins.c", "hypr.pins.count"},
		{"admin policy set hypr.pro", "hypr.profile="},
		{"scenario new x --profile h", "hypr hypr@classic hypr@current"},
		{"scenario run --library hypr-first", "hypr-first-pin"},
		{"scenario show hypr-pair", "hypr-paired-again hypr-paired"},
		{"scenario explain OA30", "OA301 OA302 OA303 OA304 OA305 OA306 OA307 OA308 OA309"},
		{"scenario explain H4", "H4 H40 H41 H42 H43 H44 H45 H46 H47 H48 H49"},
		{"scenario run --report ju", "junit="},
		{"scenario run --invariants no_pin", "no_pin_accepted_twice"},
		{"scenario lint --format s", "short"},
		{"admin policy set hypr.offline.enabled=true hypr.profile=", "hypr.profile=classic hypr.profile=current"},
		{"admin policy set hypr.pins.count=", ""},
		{"world show ", "demo"},
		{"world create ", ""},
		{"--world ", "demo"},
		{"device unlock --world d", "demo"},
		{"link set s", "server"},
		{"link set bluetooth:i", "bluetooth:iphone,LAPTOP-7 bluetooth:iphone-2,LAPTOP-7"},
		{"link set server ", "up down captive"},
		{"link set provider/", "provider/bank"},
		{"link set bluetooth:pixel,LAPTOP-7 ", "up down"},
		{"link fault ", "drop replay tamper"},
		{"link fault drop audit_t", "audit_taken"},
		{"clock skew phone/p", "phone/pixel"},
		{"clock skew provider/", "provider/bank"},
		{"log --site provider/", "provider/bank"},
		{"log --kind pin_s", "pin_shown"},
		{"log --site w", "workstation/LAPTOP-7 workstation/DESKTOP-3 world"},
		{"explain directory_l", "directory_locked directory_locked"},
		{"explain H4", "H4 H40 H41 H42 H43 H44 H45 H46 H47 H48 H49"},
		{"man device passk", "passkey"},
		{"man device passkey ", "unlock"},
		{"man nothing ", ""},
		{"devi", "device"},
	} {
		args := strings.Split(row.args, " ")
		if got := strings.Join(f.completed(args...), " "); got != row.want {
			t.Errorf("%q: %q, want %q", row.args, got, row.want)
		}
	}
	if after := files(t, f.home); !slices.Equal(before, after) {
		t.Errorf("it left %q behind, where there was %q", after, before)
	}
}

func TestCompletionMakesNothingAsksNobodyAndNeverFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.terminal = true
	for _, args := range [][]string{{"device", "unlock", ""}, {"device", "unlock", "--demo", ""}, {"--world", ""},
		{"world", "show", ""}, {"nothing", ""}} {
		if got := f.completed(args...); len(got) != 0 {
			t.Errorf("%q: %q", args, got)
		}
	}
	if made := files(t, f.home); len(made) > 0 {
		t.Errorf("it made %q", made)
	}
	f.env["OFFAUTH_PASSPHRASE"] = "correct horse"
	f.ok("world", "create", "lab", "--keystore", "file")
	f.ok("admin", "user", "add", "alice")
	for _, phrase := range []string{"correct horse", ""} {
		f.env["OFFAUTH_PASSPHRASE"] = phrase
		if got := f.completed("admin", "user", "show", ""); len(got) != 0 {
			t.Errorf("a world under a passphrase gave %q: its scrypt takes a second", got)
		}
	}
	if err := os.WriteFile(filepath.Join(f.home, "worlds", "lab", "world.db"), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := f.completed("admin", "user", "show", ""); len(got) != 0 {
		t.Errorf("a damaged world gave %q", got)
	}
}

// TestEveryPlaceIsCompletedOrFree compares the usage texts with the positional
// arguments of commands, and those with the completer: it must know each of
// them, unless the user makes up the value.
func TestEveryPlaceIsCompletedOrFree(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	for name, cmd := range leaves() {
		places := slices.DeleteFunc(app.PlacesOf(cmd), func(p string) bool { return p == app.Repeated })
		usage, _, _ := strings.Cut(strings.Replace(cmd.Use, "=<value>", "", 1), " --")
		if n := len(regexp.MustCompile(`[<\[{][^>\]}]*[>\]}]`).FindAllString(usage, -1)); n != len(places) {
			t.Errorf("%s: %q has %d places, but names %q", name, cmd.Use, n, places)
		}
		args := strings.Fields(name)
		for i, place := range places {
			row, a := argOf(name, place)
			free := slices.Contains([]string{"new", "file", "path"}, place) || row.Makes.Arg == place ||
				a.Kind == verb.Span || a.Kind == verb.Instant
			if got := f.completed(append(args, "")...); len(got) == 0 && !free {
				t.Errorf("%s: nothing completes %q, place %d", name, place, i)
			}
			args = append(args, "x")
		}
	}
}

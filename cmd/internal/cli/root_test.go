package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/offauth/offauth/authn"
)

func TestVersionIsAskedForAsOtherProgramsAreAsked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	want := f.ok("version")
	for _, args := range [][]string{{"--version"}, {"-v"}, {"-q", "-v"}, {"--version", "--json"}} {
		code, out, errs := f.run(t.Context(), args...)
		if code != 0 || errs != "" || len(args) == 1 && out != want || !strings.Contains(want, strings.TrimSpace(out)) &&
			!strings.HasPrefix(out, "{") {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", args, code, out, errs)
		}
	}
	for _, args := range [][]string{{"device", "-v"}, {"device", "status", "--version"}, {"--", "-v"}} {
		if code, out, _ := f.run(t.Context(), args...); code != int(authn.ExitUsage) {
			t.Errorf("%v: exit code %d, stdout %q", args, code, out)
		}
	}
}

func TestAGuessAtACommandIsWhatAPersonMeans(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for word, want := range map[string]string{
		"foo": "offauth --help", "xyzzy": "offauth --help", "pin": "offauth device unlock --help",
		"unlock": "offauth device unlock --help",
		"devcie": "offauth device --help", "lgo": "offauth log --help", "login": "offauth workstation login --help",
		"scenrio": "offauth scenario --help",
	} {
		code, _, errs := f.run(t.Context(), word)
		hint, _, _ := strings.Cut(strings.SplitN(errs, "hint: ", 2)[1], "\n")
		if code != int(authn.ExitUsage) || hint != want {
			t.Errorf("%s: exit code %d, the first hint is %q, want %q", word, code, hint, want)
		}
	}
}

// TestAValueThatAFlagDoesNotTakeIsCalledSoInPlainWords holds that no text of
// Go's own packages is shown.
func TestAValueThatAFlagDoesNotTakeIsCalledSoInPlainWords(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"log", "--last", "abc"}, `--last wants a whole number, not "abc"`},
		{[]string{"log", "--last", "99999999999999999999"},
			`--last wants a whole number that is not as large, not "99999999999999999999"`},
		{[]string{"scenario", "run", "--timeout", "soon"}, `--timeout wants a span such as 90s or 5m, not "soon"`},
		{[]string{"log", "--follow=perhaps"}, `--follow wants true or false, not "perhaps"`},
		{[]string{"device", "register", "x", "--version", ""}, "--version is empty"},
		{[]string{"device", "status", "--world="}, "--world is empty"},
	} {
		code, _, errs := f.run(t.Context(), row.args...)
		if first, _, _ := strings.Cut(errs, "\n"); code != int(authn.ExitUsage) || first != "error: "+row.want {
			t.Errorf("%v: exit code %d, %s", row.args, code, errs)
		}
	}
}

func TestPolicySetSaysWhatIsKept(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	for text, want := range map[string]string{
		"hypr.offline.enabled=yes": "hypr.offline.enabled is true\n", "hypr.pins.length=+7": "hypr.pins.length is 7\n",
		"encap.offline.methods= OFFLINE , OFFLINE:PIN": "encap.offline.methods is OFFLINE,OFFLINE:PIN\n",
	} {
		out := f.ok("admin", "policy", "set", text)
		key, _, _ := strings.Cut(text, "=")
		if out != want || !strings.Contains(f.ok("admin", "policy", "show", "-q"),
			strings.Replace(strings.TrimSpace(want), " is ", "=", 1)+"\n") {
			t.Errorf("%s: %q, want %q", key, out, want)
		}
	}
	code, _, errs := f.run(t.Context(), "admin", "policy", "set", "hypr.pins.count=20", "hypr.pins.count=30")
	if code != int(authn.ExitUsage) || !strings.Contains(errs, "the setting hypr.pins.count is given twice") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

// TestCompletionOfBashSaysOnceWhatItNeeds runs bash without the package, and
// with what offauth needs of it.
func TestCompletionOfBashSaysOnceWhatItNeeds(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	f, dir := newFixture(t), t.TempDir()
	script := filepath.Join(dir, "completion")
	if err := os.WriteFile(script, []byte(f.ok("completion", "bash")), 0o600); err != nil {
		t.Fatal(err)
	}
	// offauth itself, as far as the script asks it.
	program := "offauth() { printf 'device\\tthe phone\\n:4\\n'; }\n"
	tab := "COMP_WORDS=(offauth dev); COMP_CWORD=1; COMP_TYPE=9; __start_offauth 2>>" + filepath.Join(dir, "errors") +
		"; echo \"[${COMPREPLY[*]}]\"\n"
	const pack = "_get_comp_words_by_ref() { words=(\"${COMP_WORDS[@]}\"); cword=$COMP_CWORD; cur=${words[cword]}; " +
		"}; compopt() { :; }\n"
	for before, want := range map[string]string{"": "[]\n[]\n[]\n", pack: "[device]\n[device]\n[device]\n"} {
		text := fmt.Sprintf("%s%ssource %s\n%s%s%s", before, program, script, tab, tab, tab)
		out, err := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-c", text).CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%q, want %q: %v", out, want, err)
		}
	}
	errs, err := os.ReadFile(filepath.Join(dir, "errors"))
	if want := "\noffauth: completion needs the package bash-completion, and bash 4.1 or later\n"; err != nil ||
		string(errs) != want {
		t.Errorf("%q, %v", errs, err)
	}
	if help := f.ok("completion", "bash", "--help"); !strings.Contains(help, "the package bash-completion") {
		t.Errorf("the help does not name it:\n%s", help)
	}
}

// TestHelpThatCannotBeWrittenIsAnError checks that the exit code tells a script
// that stdout is full, also where cobra drops the error.
func TestHelpThatCannotBeWrittenIsAnError(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"device"}, {"completion", "fish"}, {"version"}} {
		var errs bytes.Buffer
		code := Run(t.Context(), newFixture(t).deps(fullDisk{}, &errs), args)
		const want = "error: the host system refused: cannot write the output: no space left"
		if code != int(authn.ExitStorage) || !strings.Contains(errs.String(), want) {
			t.Errorf("%v: exit code %d, %s", args, code, &errs)
		}
	}
}

// fullDisk is a writer that has no space left.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

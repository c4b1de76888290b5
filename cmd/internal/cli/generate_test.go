package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGoGenerateMakesAllThatIsMade holds that each package with a flag -update
// has a line for go generate that sets it, spelled as in all others.
func TestGoGenerateMakesAllThatIsMade(t *testing.T) {
	t.Parallel()
	const flag = `flag.Bool("update", false, "rewrite what the tests compare with")`
	declared := regexp.MustCompile(`(?m)^var \w+ = (flag\.\w+\("update".*)$`)
	line := regexp.MustCompile(`(?m)^//go:generate go test \.(?: -run (\w+))? -update$`)
	found := 0
	err := filepath.WalkDir(repository, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if declared.Find(text) == nil {
			return nil
		}
		found++
		lines := line.FindAllStringSubmatch(string(text), -1)
		if len(lines) != 1 || declared.FindStringSubmatch(string(text))[1] != flag {
			t.Errorf("%s: want %s, and one line //go:generate go test . [-run NAME] -update", name, flag)
		} else if run := lines[0][1]; !strings.Contains(string(text), "\nfunc "+run) {
			t.Errorf("%s: no test of this file is named %s", name, run)
		}
		return nil
	})
	if err != nil || found < 7 {
		t.Errorf("%d packages make something, %v", found, err)
	}
}

package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/offauth/offauth/scenarios/lint"
)

func TestLibraryLint(t *testing.T) {
	fsys := os.DirFS("../library")
	names, _ := filepath.Glob("../library/*.scenario.yaml")
	for _, n := range names {
		_, f := lint.Load(fsys, filepath.Base(n))
		for _, x := range f {
			fmt.Println(x.Error(), "=", x.Help)
		}
	}
}

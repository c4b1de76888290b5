package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocsOfJSONNameEveryCommand checks docs/json.md against the commands;
// goldens in json_shapes.txtar check the shapes themselves.
func TestDocsOfJSONNameEveryCommand(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(repository, "docs", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	var noun string
	named := map[string]bool{}
	for _, line := range strings.Split(string(b), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for i, part := range strings.Split(cells[1], "`") {
			if i%2 == 0 {
				continue
			}
			if at := strings.LastIndex(part, " "); at > 0 {
				noun = part[:at]
			} else if noun != "" && leaves()[noun+" "+part] != nil {
				part = noun + " " + part
			}
			named[part] = true
		}
	}
	for name := range leaves() {
		if !named[name] {
			t.Errorf("docs/json.md does not say what %q gives", name)
		}
	}
}

// Command play plays the whole library and nothing else. The test of the
// mutants builds it with a fault in the core, as the whole of offauth takes
// several times as long to build. It exits 0 if every story passes, 8 if one does not, and 2 if the
// linter takes one no longer.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	"github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

func main() {
	var stories []*story.Story
	for _, name := range library.Names() {
		story, findings := lint.Load(library.FS(), library.Path(name))
		if syntax.Wrong(findings) {
			fmt.Println(name, findings)
			os.Exit(2)
		}
		stories = append(stories, story)
	}
	instances, err := run.Expand(stories, 0)
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	report := run.Run(context.Background(), instances, run.Options{
		Store: func() authn.Store { return memory.NewStore() }, Now: time.Now, Parallel: runtime.NumCPU(), MaxFailures: 1,
		Watch:   watch.New,
		Goldens: library.FS(),
	})
	for _, r := range report.Results {
		for _, f := range r.Failures {
			fmt.Println(r.ID, r.Status, f)
		}
	}
	fmt.Println(report.Count(run.Passed), "passed, of", len(instances))
	if report.Count(run.Passed) != len(instances) {
		os.Exit(8)
	}
}

package run_test

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
)

// load reads every scenario of a folder.
func load(t testing.TB, fsys fs.FS) []*story.Story {
	t.Helper()
	paths, err := fs.Glob(fsys, "*"+lint.ScenarioSuffix)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	var stories []*story.Story
	for _, p := range paths {
		story, findings := lint.Load(fsys, p)
		if story == nil {
			t.Fatal(findings)
		}
		stories = append(stories, story)
	}
	return stories
}

func expand(t testing.TB, stories []*story.Story) []run.Instance {
	t.Helper()
	all, err := run.Expand(stories, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// options returns the options of a run in one goroutine with a frozen wall clock.
func options() run.Options {
	return run.Options{
		Store: func() authn.Store { return memory.NewStore() },
		Now:   func() time.Time { return time.Time{} },
	}
}

// samples returns the examples of the format.
func samples(t testing.TB) []run.Instance {
	return expand(t, load(t, os.DirFS("../lint/testdata/valid")))
}

func TestTheExamplesOfTheFormatPass(t *testing.T) {
	t.Parallel()
	r := run.Run(context.Background(), samples(t), options())
	for _, one := range r.Results {
		if one.Status != run.Passed {
			t.Errorf("%s is %s (%s)\n%+v\n%s", one.ID, one.Status, one.Reason, one.Failures,
				strings.Join(one.Transcript[max(0, len(one.Transcript)-12):], "\n"))
		}
	}
}

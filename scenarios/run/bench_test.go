package run_test

import (
	"context"
	"runtime/debug"
	"testing"
	"testing/fstest"

	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
)

// BenchmarkInstances plays the stories that "scenario new" writes, with six or seven
// Actions each, and the examples of the format, with some thirty each. Use -cpu 1 for
// one core. The garbage collector has the settings of "scenario run".
func BenchmarkInstances(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	for name, all := range map[string][]run.Instance{"new": beginners(b), "examples": samples(b)} {
		b.Run(name, func(b *testing.B) {
			o := options()
			actions, n := 0, 0
			for b.Loop() {
				r := run.Run(context.Background(), all, o)
				for _, one := range r.Results {
					if one.Status != run.Passed {
						b.Fatal(one.ID, one.Failures)
					}
					actions += one.Actions
					n++
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "instances/s")
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(actions), "µs/action")
		})
	}
}

// beginners returns the stories that "scenario new" writes, one for each family.
func beginners(b *testing.B) []run.Instance {
	b.Helper()
	var stories []*story.Story
	for _, profile := range []string{"hypr", "encap", "onespan"} {
		path := profile + ".scenario.yaml"
		story, findings := lint.Load(fstest.MapFS{path: {Data: lint.New(profile, profile, "")}}, path)
		if len(findings) > 0 {
			b.Fatal(findings)
		}
		stories = append(stories, story)
	}
	all, err := run.Expand(stories, 0)
	if err != nil {
		b.Fatal(err)
	}
	return all
}

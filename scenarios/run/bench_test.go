package run_test

import (
	"context"
	"testing"

	"github.com/offauth/offauth/scenarios/run"
)

// BenchmarkInstances plays the examples of the format on one core.
func BenchmarkInstances(b *testing.B) {
	all := samples(b)
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
}

package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/player"
)

// Options are the options of a run.
type Options struct {
	// Store returns an empty store for each world, Now the wall clock.
	Store func() authn.Store
	Now   func() time.Time
	// WallScale multiplies each story's timeout.wall, for a slow machine; 0
	// means 1.
	WallScale float64
	// KDF is the cost of stretching a PIN; the zero KDF means player.CheapKDF.
	KDF authn.KDF
	// Parallel is the number of instances played at once; 0 means one. It only affects
	// wall times.
	Parallel int
	// Shuffle, if not nil, is the seed of the order in which instances are started.
	Shuffle *uint64
	// Seed, if not nil, overrides the seeds of the files.
	Seed *int64
	// Repeat is how often each instance is played; 0 means once. VarySeed gives every
	// repetition after the first another seed.
	Repeat   int
	VarySeed bool
	// CheckDeterminism plays each instance twice and fails it if the transcripts differ.
	CheckDeterminism bool
	// Last is the number of events that a failure shows; 0 means 8.
	Last int
	// MaxFailures, if not 0, is the number of failures after which no more instances
	// are started.
	MaxFailures int
	// Set are settings that override the policies, with full keys.
	Set []authn.Setting
	// Watch returns the invariants of a story's family by their names, "all" or
	// "none"; nil checks none.
	Watch func(family authn.FamilyName, names []string) (invariant.Watcher, error)
	// Invariants, if not nil, overrides the names in the files.
	Invariants []string
	// Goldens has the goldens at paths relative to the same root as those of the
	// stories. Update reports whether to update the golden of an instance instead of
	// comparing it; nil updates none.
	Goldens fs.FS
	Update  func(id string) bool
	// Done, if not nil, is called with each result when it is complete, never
	// concurrently.
	Done func(Result)
}

// job is an instance to play once.
type job struct {
	in     Instance
	repeat int
	seed   int64
}

// Run plays instances, each in its own world. If ctx is cancelled, the remaining
// instances, including those in progress, are reported as not run.
func Run(ctx context.Context, instances []Instance, o Options) Report {
	began := o.Now()
	jobs := o.jobs(instances)
	r := &runner{Options: o, results: make([]Result, len(jobs)), goldens: map[string]string{}}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(o.Parallel, len(jobs))) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(jobs)); i = next.Add(1) - 1 {
				r.results[i] = r.one(ctx, jobs[i])
			}
		})
	}
	wg.Wait()
	slices.SortFunc(r.results, func(a, b Result) int {
		if a.ID != b.ID {
			return strings.Compare(a.ID, b.ID)
		}
		return a.Repeat - b.Repeat
	})
	return Report{
		Results: r.results, Shuffle: o.Shuffle, KDF: spellKDF(o.KDF), Wall: o.Now().Sub(began),
		Interrupted: ctx.Err() != nil, Goldens: r.goldens,
	}
}

// spellKDF returns a phrase with the cost of stretching a PIN.
func spellKDF(k authn.KDF) string {
	if k == (authn.KDF{}) {
		k = player.CheapKDF()
	}
	passes := "passes"
	if k.Time == 1 {
		passes = "pass"
	}
	return fmt.Sprintf("argon2id, %d KiB, %d %s", k.MemoryKiB, k.Time, passes)
}

// jobs returns the jobs in the order in which they start.
func (o Options) jobs(instances []Instance) []job {
	var jobs []job
	for _, in := range instances {
		in.Set = append(slices.Clip(in.Set), o.Set...)
		seed := in.Story.Seed
		if o.Seed != nil {
			seed = *o.Seed
		}
		for n := range max(1, o.Repeat) {
			j := job{in: in, seed: seed}
			if o.Repeat > 1 {
				j.repeat = n + 1
			}
			if o.VarySeed {
				j.seed += int64(n)
			}
			jobs = append(jobs, j)
		}
	}
	if o.Shuffle != nil {
		slices.SortStableFunc(jobs, func(a, b job) int { return bytes.Compare(a.place(*o.Shuffle), b.place(*o.Shuffle)) })
	}
	return jobs
}

// place returns the sort key of a job in a shuffled run. It depends only on the seed and
// the job, so an additional job does not reorder the others.
func (j job) place(seed uint64) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", seed, j.in.ID, j.repeat))
	return sum[:]
}

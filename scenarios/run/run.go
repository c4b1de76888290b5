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

// Options says how instances are played.
type Options struct {
	// Store returns an empty store for each world, Now the wall clock.
	Store func() authn.Store
	Now   func() time.Time
	// WallScale multiplies each story's timeout.wall, for a slow machine; 0
	// means 1.
	WallScale float64
	// KDF is what stretching a PIN costs; the zero KDF means
	// player.CheapKDF.
	KDF authn.KDF
	// Parallel is how many are played at once; 0 means one. Nothing but the
	// wall times depends on it.
	Parallel int
	// Shuffle, if not nil, is the seed of the order in which they are started.
	Shuffle *uint64
	// Seed, if not nil, goes before the files' own.
	Seed *int64
	// Repeat is how often each is played, 0 meaning once; VarySeed gives every
	// repetition after the first another seed.
	Repeat   int
	VarySeed bool
	// CheckDeterminism plays each twice and wants the same transcript.
	CheckDeterminism bool
	// Last is how many of the last events a failure shows; 0 means 8.
	Last int
	// MaxFailures, if not 0, is how many may fail before no more are started:
	// 1 is fail-fast.
	MaxFailures int
	// Set are settings laid over the policies, with whole keys.
	Set []authn.Setting
	// Watch returns the invariants of a story's family by their names, "all" or
	// "none"; nil checks none.
	Watch func(family authn.FamilyName, names []string) (invariant.Watcher, error)
	// Invariants goes before the files' own names, if not nil.
	Invariants []string
	// Goldens is where the files' goldens are; their paths are those of the
	// stories. Update says whose goldens are made again instead of compared;
	// nil updates none.
	Goldens fs.FS
	Update  func(id string) bool
	// Done, if not nil, is told of every result, one at a time, in the order in
	// which they end.
	Done func(Result)
}

// job is one instance that is to be played once.
type job struct {
	in     Instance
	repeat int
	seed   int64
}

// Run plays instances, each in a world of its own. Cancelling ctx ends those
// that are being played and starts no more; they are reported as not run.
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

// spellKDF says what stretching a PIN costs.
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

// jobs lists the instances to play, in the order in which they start.
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

// place is where a shuffle puts a job: nothing but the seed and the job's name
// decides it, so one more job moves no other.
func (j job) place(seed uint64) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", seed, j.in.ID, j.repeat))
	return sum[:]
}

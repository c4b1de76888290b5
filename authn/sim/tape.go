package sim

import (
	"context"
	"io"
	"sync"

	"github.com/offauth/offauth/authn"
)

// tape records the random bytes of one Apply, so that a second pass draws the
// same bytes.
type tape struct {
	source func(site authn.Site, purpose string) io.Reader
	reels  map[reelKey]*reel
}

type reelKey struct {
	site    authn.Site
	purpose string
}

type reel struct {
	source io.Reader
	bytes  []byte
	at     int
}

func newTape(source func(authn.Site, string) io.Reader) *tape {
	return &tape{source: source, reels: map[reelKey]*reel{}}
}

func (t *tape) rewind() {
	for _, r := range t.reels {
		r.at = 0
	}
}

// stream returns the one stream of a site and purpose.
func (t *tape) stream(site authn.Site, purpose string) io.Reader {
	key := reelKey{site, purpose}
	r, ok := t.reels[key]
	if !ok {
		r = &reel{source: t.source(site, purpose)}
		t.reels[key] = r
	}
	return r
}

// Read implements io.Reader: it returns recorded bytes first, then new ones of
// the source, which it records.
func (r *reel) Read(p []byte) (int, error) {
	if r.at == len(r.bytes) {
		more := make([]byte, len(p))
		n, err := r.source.Read(more)
		r.bytes = append(r.bytes, more[:n]...)
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, r.bytes[r.at:])
	r.at += n
	return n, nil
}

// slowWork holds the results of slow jobs across the passes of one Apply, and
// the jobs that are not done.
type slowWork struct {
	done map[string][]byte
	todo []authn.SlowJob
	// atOnce reports whether jobs are done when they are requested.
	atOnce bool
}

func newSlowWork(atOnce bool) *slowWork {
	return &slowWork{done: map[string][]byte{}, atOnce: atOnce}
}

// ask returns the results of jobs, or records the missing ones and returns
// authn.ErrNotYet.
func (s *slowWork) ask(jobs []authn.SlowJob) ([][]byte, error) {
	answers := make([][]byte, len(jobs))
	s.todo = s.todo[:0]
	for i, job := range jobs {
		answer, ok := s.done[job.Key]
		if !ok && s.atOnce {
			answer = job.Do()
			s.done[job.Key] = answer
		} else if !ok {
			s.todo = append(s.todo, job)
		}
		answers[i] = answer
	}
	if len(s.todo) > 0 {
		return nil, authn.ErrNotYet
	}
	return answers, nil
}

// do runs the missing jobs, several at a time. It returns early, between two
// jobs, when ctx is done.
func (s *slowWork) do(ctx context.Context, workers int, progress func(done, of int)) error {
	jobs := s.todo
	s.todo = nil
	answers := make([][]byte, len(jobs))
	next, ended := make(chan int), make(chan struct{}, len(jobs))
	var wg sync.WaitGroup
	for range max(1, min(workers, len(jobs))) {
		wg.Go(func() {
			for i := range next {
				answers[i] = jobs[i].Do()
				ended <- struct{}{}
			}
		})
	}
	err := feed(ctx, len(jobs), next, ended, progress)
	close(next)
	wg.Wait()
	if err != nil {
		return err
	}
	for i, job := range jobs {
		s.done[job.Key] = answers[i]
	}
	return nil
}

// feed sends the numbers of n jobs to next and reports the progress of those
// that end.
func feed(ctx context.Context, n int, next chan<- int, ended <-chan struct{}, progress func(done, of int)) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	for sent, done := 0, 0; done < n; {
		to, value := next, sent
		if sent == n {
			to = nil
		}
		select {
		case to <- value:
			sent++
		case <-ended:
			done++
			progress(done, n)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

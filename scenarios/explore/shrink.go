package explore

import (
	"context"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/invariant"
)

// shrinker cuts a story down as long as it breaks the same invariant.
type shrinker struct {
	*explorer
	ctx    context.Context
	id     string
	base   *prepared
	best   plan
	broken invariant.Broken
	trace  []played
	spent  int
}

// reduce makes the Found of a story that breaks something.
func (e *explorer) reduce(ctx context.Context, story plan, broken invariant.Broken, drawn int) (*Found, error) {
	s := &shrinker{explorer: e, ctx: ctx, id: broken.ID, base: story.ready, best: story, broken: broken}
	if s.base == nil {
		s.base = &prepared{driver: e.driver, table: e.table, options: e.options}
	}
	if broken.ID == invariant.SameSeedSameLog || !s.try(story) {
		// Nothing that can be cut: one that is not the same twice.
		return &Found{Broken: broken, Drawn: drawn, Kept: drawn, Replays: s.spent, Scene: s.scene()}, ctx.Err()
	}
	for before := -1; before != s.size() && s.left(); {
		before = s.size()
		s.cutSteps(len(s.base.plan.steps)) // what was drawn, over the world that is ready
		s.cutSteps(0)
		s.cutActors()
		s.cutPolicy()
		s.simplify()
	}
	return &Found{Broken: s.broken, Drawn: drawn, Kept: s.kept(), Replays: s.spent, Scene: s.scene()}, ctx.Err()
}

// left reports whether there may be another replay.
func (s *shrinker) left() bool { return s.spent < s.options.Budget && s.ctx.Err() == nil }

// size is what shrinking brings down.
func (s *shrinker) size() int {
	n := 100*len(s.best.steps) + 10*len(s.best.actors) + len(s.best.policy)
	for _, one := range s.best.steps {
		n += len(one.values)
	}
	return n
}

// kept counts the steps of the story that did something.
func (s *shrinker) kept() int {
	n := 0
	for _, p := range s.trace {
		if p.action != nil {
			n++
		}
	}
	return n
}

// try plays a story and keeps it, up to the step that breaks the same
// invariant, if one does.
func (s *shrinker) try(p plan) bool {
	if !s.left() {
		return false
	}
	s.spent++
	p = p.settle()
	l, from, broken, err := s.base.begin(s.ctx, p)
	if err != nil {
		return false
	}
	if len(broken) > 0 && p.ready != nil { // in what was made ready; see where
		p.ready = nil
		if l, from, broken, err = s.base.begin(s.ctx, p); err != nil {
			return false
		}
	}
	if i := slices.IndexFunc(broken, func(b invariant.Broken) bool { return b.ID == s.id }); i >= 0 {
		s.keep(p, 0, broken[i], nil)
		return true
	}
	var trace []played
	if p.ready != nil {
		trace = slices.Clone(p.ready.trace)
	}
	for i, one := range p.steps[from:] {
		done, err := l.play(s.ctx, one)
		if err != nil {
			return false
		}
		trace = append(trace, done)
		broken := done.broken
		if from+i == len(p.steps)-1 {
			broken = append(broken, l.watch.End()...)
		}
		if at := slices.IndexFunc(broken, func(b invariant.Broken) bool { return b.ID == s.id }); at >= 0 {
			s.keep(p, from+i+1, broken[at], trace)
			return true
		}
	}
	return false
}

// keep takes a story that is better, without the steps that came to nothing.
func (s *shrinker) keep(p plan, steps int, broken invariant.Broken, trace []played) {
	p.steps = slices.Clone(p.steps[:steps])
	s.best, s.broken, s.trace = p.settle(), broken, trace
}

// cutSteps takes steps out, from the given one on: halves, then smaller
// parts, then single ones, from the end.
func (s *shrinker) cutSteps(from int) {
	for part := max(1, (len(s.best.steps)-from)/2); s.left(); part /= 2 {
		for end := len(s.best.steps); end > from && s.left(); {
			begin := max(from, end-part)
			p := s.best
			p.steps = append(slices.Clone(s.best.steps[:begin]), s.best.steps[min(end, len(s.best.steps)):]...)
			s.try(p)
			end = min(begin, len(s.best.steps))
		}
		if part <= 1 {
			return
		}
	}
}

// cutActors takes out sites that nobody names.
func (s *shrinker) cutActors() {
	for i := len(s.best.actors) - 1; i >= 0 && s.left(); i-- {
		a := s.best.actors[i]
		named := slices.ContainsFunc(s.best.steps, func(one step) bool { return one.names(a.name) })
		if named || len(s.best.actors) == 1 {
			continue
		}
		p := s.best
		p.actors = slices.Delete(slices.Clone(s.best.actors), i, i+1)
		s.try(p)
	}
}

// cutPolicy puts settings back to their defaults.
func (s *shrinker) cutPolicy() {
	for i := len(s.best.policy) - 1; i >= 0 && s.left(); i-- {
		p := s.best
		p.policy = slices.Delete(slices.Clone(s.best.policy), i, i+1)
		s.try(p)
	}
}

// simplify makes single steps simpler: no crash, no argument that can be left
// out, a deadline without the millisecond, a rounder and shorter span.
func (s *shrinker) simplify() {
	for i := 0; i < len(s.best.steps) && s.left(); i++ {
		for _, simpler := range s.simpler(s.best.steps[i]) {
			if i >= len(s.best.steps) {
				return
			}
			p := s.best
			p.steps = slices.Clone(s.best.steps)
			p.steps[i] = simpler
			if s.try(p) {
				break
			}
		}
	}
}

// round are spans that a reader knows.
var round = []time.Duration{time.Second, 5 * time.Second, time.Minute, 5 * time.Minute, time.Hour, authn.Day, 7 * authn.Day, 30 * authn.Day}

// simpler lists what a step could be instead, the simplest first.
func (s *shrinker) simpler(one step) []step {
	var list []step
	if one.crash != 0 {
		calm := one
		calm.crash = 0
		list = append(list, calm)
	}
	if one.isWait() {
		return append(list, s.shorter(one)...)
	}
	row := s.table[one.verb]
	for _, arg := range row.Args {
		if _, ok := one.values[arg.Name]; ok && !arg.Required && arg.Role == "" && arg.Name != "user" {
			list = append(list, one.with(arg.Name, nil))
		}
	}
	return list
}

// shorter lists waits that are easier to read: without the millisecond, or a
// round span.
func (s *shrinker) shorter(one step) []step {
	var list []step
	if one.wait.kind != "" && one.wait.delta != 0 {
		exact := one
		exact.wait.delta = 0
		list = append(list, exact)
	}
	for _, span := range round {
		if one.wait.kind == "" && span < one.wait.span {
			list = append(list, step{id: one.id, wait: wait{span: span}})
		}
	}
	return list
}

package invariant

import "github.com/offauth/offauth/authn"

// look returns the world after the Action; nil where nobody can look, or where
// that is broken.
func (b *common) look() (*authn.Snapshot, *Broken) {
	if b.seen.Look == nil {
		return nil, nil
	}
	world, err := b.seen.Look()
	if err != nil {
		return nil, brokenf("the world cannot be looked at: %v", err)
	}
	return &world, nil
}

// sessionsAtEnd compares the sessions of the world with the book.
func sessionsAtEnd(b *book) *Broken {
	world, broken := b.look()
	if world == nil {
		return broken
	}
	for _, p := range world.Providers {
		for _, shown := range p.Sessions {
			s := b.sessions[shown.ID]
			if s == nil {
				continue
			}
			if shown.State == "open" && s.end != "" || (shown.State == "approved") != (s.end == "approved") {
				return brokenf("a session of %s is %s, and was %s before", p.Name, shown.State, s.end)
			}
		}
	}
	return nil
}

// locksAtEnd compares the counts and locks of methods with the book.
func locksAtEnd(b *book) *Broken {
	world, broken := b.look()
	if world == nil {
		return broken
	}
	for _, u := range world.Users {
		for _, l := range u.Locks {
			s := scope{l.Phone, l.Method}
			if l.Locked != b.locked[s] || l.Method != "" && int64(l.Failures) != b.wrong[s] {
				return brokenf("%s with %s has %d failures, locked %v; there were %d", l.Phone, l.Method, l.Failures, l.Locked,
					b.wrong[s])
			}
		}
	}
	return nil
}

// dataAtEnd compares the counts and locks of offline data with the book.
func dataAtEnd(b *book) *Broken {
	world, broken := b.look()
	if world == nil {
		return broken
	}
	for _, w := range world.Workstations {
		for _, shown := range w.Data {
			d := b.dataOf(desk{shown.User, w.Name})
			if shown.Locked != d.locked || shown.Present && int64(shown.Failures) != d.wrong {
				return brokenf("%s has %d failures of %s, locked %v; there were %d", w.Name, shown.Failures, shown.User,
					shown.Locked, d.wrong)
			}
		}
	}
	return nil
}

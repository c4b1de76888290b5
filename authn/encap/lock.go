package encap

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// lockRecord has a phone's wrong tries in a row, by method, and its locks. It
// belongs to the phone and not to a registration, so activating again ends no
// lock (A6).
type lockRecord struct {
	User     string          `json:"user"`
	Failures map[Method]int  `json:"failures,omitempty"`
	Methods  map[Method]bool `json:"methods,omitempty"`
	Device   bool            `json:"device,omitempty"`
	// Since is when they locked; that of the device is under no method.
	Since map[Method]time.Time `json:"since,omitempty"`
}

// setLockedAt notes when a method, or the device under no method, was locked.
func (l *lockRecord) setLockedAt(method Method, now time.Time) {
	if l.Since == nil {
		l.Since = map[Method]time.Time{}
	}
	l.Since[method] = now
}

func locksOf(s Server, phone string) (l lockRecord, err error) {
	_, err = s.Shelf.Load(locks+phone, &l, nil)
	return l, err
}

// locked reports whether a method of a phone is locked, by itself or with the
// whole device (E27).
func (s Server) locked(phone string, method Method) (verdict, error) {
	l, err := locksOf(s, phone)
	switch {
	case l.Device:
		return deviceLocked, err
	case l.Methods[method]:
		return methodLocked, err
	}
	return verdict{}, err
}

// countFailure counts a wrong try; the last that is allowed locks (E26).
func (s Server) countFailure(phone, user string, method Method) error {
	set, err := s.Settings()
	if err != nil {
		return err
	}
	l, err := locksOf(s, phone)
	if err != nil {
		return err
	}
	if l.Failures == nil {
		l.Failures = map[Method]int{}
	}
	if l.Methods == nil {
		l.Methods = map[Method]bool{}
	}
	l.User = user
	l.Failures[method]++
	n := l.Failures[method]
	fields := func(more map[string]any) map[string]any {
		more["phone"], more["method"], more["failures"] = phone, string(method), int64(n)
		return more
	}
	s.Happened(EventFailureCounted, user, "A6", fields(map[string]any{"allowed": int64(set.MaxFailures)}))
	switch {
	case n < set.MaxFailures:
	case set.LockScope == ScopeDevice:
		l.Device = true
		l.setLockedAt("", s.Env.Now())
		s.Happened(EventDeviceLocked, user, "E26", fields(map[string]any{}))
	default:
		l.Methods[method] = true
		l.setLockedAt(method, s.Env.Now())
		s.Happened(EventMethodLocked, user, "E26", fields(map[string]any{}))
	}
	return s.Shelf.Save(locks+phone, l, nil)
}

// resetFailures resets the count of a method after a success (E26).
func (s Server) resetFailures(phone string, method Method) error {
	l, err := locksOf(s, phone)
	if err != nil || l.Failures[method] == 0 {
		return err
	}
	delete(l.Failures, method)
	return s.Shelf.Save(locks+phone, l, nil)
}

// UnlockUser ends the locks of a user's phones (E35).
func (s Server) UnlockUser(user string) error {
	names, err := s.Shelf.Names(locks)
	if err != nil {
		return err
	}
	for _, name := range names {
		l, err := locksOf(s, strings.TrimPrefix(name, locks))
		if err != nil {
			return err
		}
		if l.User != user || len(l.Failures) == 0 && !l.Device {
			continue
		}
		s.Happened(EventLocksCleared, user, "E35", map[string]any{"phone": strings.TrimPrefix(name, locks)})
		if err := s.Shelf.Save(name, lockRecord{User: user}, nil); err != nil {
			return err
		}
	}
	return nil
}

// Locks shows the counts and locks of a user's phones. Times are on the
// server's own clock.
func (s Server) Locks(user string) ([]authn.LockView, error) {
	names, err := s.Shelf.Names(locks)
	if err != nil {
		return nil, err
	}
	var views []authn.LockView
	for _, name := range names {
		phone := strings.TrimPrefix(name, locks)
		l, err := locksOf(s, phone)
		if err != nil {
			return nil, err
		}
		if l.User != user {
			continue
		}
		if l.Device {
			whole := authn.LockView{Phone: phone, Locked: true, Since: l.Since[""]}
			for _, n := range l.Failures {
				whole.Failures = max(whole.Failures, n) // of the method that locked it
			}
			views = append(views, whole)
		}
		for _, m := range Methods() {
			if l.Failures[m] > 0 || l.Methods[m] {
				views = append(views, authn.LockView{
					Phone: phone, Method: string(m), Failures: l.Failures[m], Locked: l.Methods[m], Since: l.Since[m],
				})
			}
		}
	}
	return views, nil
}

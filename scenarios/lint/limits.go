package lint

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// within finds a wait or an instant that lies outside of the story: before its
// beginning, or behind the end that timeout.virtual sets.
func (l *stepReader) within(n *syntax.Node) {
	most := l.story.Timeout.Defaults().Virtual
	if by, ok := duration(n); ok && by > most {
		l.found(n.Pos, "OA203", "raise it: timeout: {virtual: "+n.Text+"}", "this waits longer than timeout.virtual, %s", days(most))
	}
	at, ok := instant(n)
	switch {
	case !ok || l.alone || l.story.Start.IsZero():
	case at.Before(l.story.Start) && !l.goesBack():
		l.found(n.Pos, "OA203", "time moves forward from clock.start; clock back sets it back", "this lies before the story begins, at %s", l.root.Get("clock").Get("start").Text)
	case at.Sub(l.story.Start) > most:
		l.found(n.Pos, "OA203", "raise it: timeout: {virtual: "+days(at.Sub(l.story.Start)+authn.Day-1)+"}", "this lies behind timeout.virtual, %s after the beginning", days(most))
	}
}

// days writes a span in whole days, or as it is where it is less.
func days(d time.Duration) string {
	if d < authn.Day {
		return d.String()
	}
	return fmt.Sprintf("%dd", d/authn.Day)
}

// goesBack reports whether a step of any file sets the clock back.
func (l *world) goesBack() bool {
	var in func(n *syntax.Node) bool
	in = func(n *syntax.Node) bool {
		for _, p := range n.Pairs {
			if p.Key == (authn.BackClock{}).Verb() || in(p.Value) {
				return true
			}
		}
		for _, item := range n.Items {
			if in(item) {
				return true
			}
		}
		return false
	}
	for _, f := range l.files {
		if in(f.root) {
			return true
		}
	}
	return false
}

package compose

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/syntax"
)

// waiting is a step that is still pending.
type waiting struct {
	id                 string
	phone, workstation authn.Site
}

// trackPending gives a pending step an id.
func (w *writer) trackPending(s *step, m Move) {
	if m.Outcome.Pending == nil || m.Refusal != nil {
		return
	}
	w.ids++
	s.id = fmt.Sprintf("waits%d", w.ids)
	one := waiting{id: s.id}
	if tap, ok := m.Action.(hypr.Tap); ok {
		one.phone, one.workstation = authn.Phone(tap.Phone), authn.Workstation(tap.Workstation)
	}
	w.waiting = append(w.waiting, one)
}

// ended writes an await for each pending step that the events end. The await
// does not move the clock; after it the story may refer to the final result.
func (w *writer) ended(events []authn.Event, m Move) {
	var left []waiting
	for _, one := range w.waiting {
		if one.endedBy(events, m) {
			w.add(&step{key: "await", value: syntax.Word(one.id)})
			continue
		}
		left = append(left, one)
	}
	w.waiting = left
}

// endedBy reports whether one of the events ends the tap: the PIN is offered, the
// tap is given up or refused, or the workstation logs in.
func (one waiting) endedBy(events []authn.Event, m Move) bool {
	for _, e := range events {
		_, ends := hypr.TapEnd(e.Kind)
		switch {
		case ends && e.Site == one.phone && e.Subject == one.workstation.Name():
			return true
		case e.Kind == hypr.EventUnlocked && e.Site == one.workstation && e.Fields["mode"] == "online" &&
			e.Fields["phone"] == one.phone.Name():
			return true
		case e.Kind == authn.EventRefused && e.Site == one.phone && e.Fields["action"] == (hypr.Tap{}).Verb() &&
			m.Refusal == nil:
			return true
		}
	}
	return false
}

// awaitAll writes an await for each step that is still pending at the end, since
// a story with pending steps fails.
func (w *writer) awaitAll() {
	for _, one := range w.waiting {
		w.add(&step{key: "await", value: syntax.Word(one.id)})
	}
	w.waiting = nil
}

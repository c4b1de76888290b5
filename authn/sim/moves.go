package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// moves is the prefix of the records of a recording world: one record per
// Action, written in the Action's own batch.
const moves = "move/"

// ErrNotRecording is the error of a world that does not record its Actions.
var ErrNotRecording = errors.New("the world does not record")

// moveRecord is the public half of a move. It has the numbers of the first and
// the last event, which are stored anyway.
type moveRecord struct {
	Number  uint64         `json:"number"`
	At      time.Time      `json:"at"`    // when it was done, after the due timers
	Ended   time.Time      `json:"ended"` // the world's time afterwards
	Verb    string         `json:"verb"`
	Action  typed          `json:"action"`
	Result  *typed         `json:"result,omitempty"`
	Refusal *refusalRecord `json:"refusal,omitempty"`
	Pending *authn.Pending `json:"pending,omitempty"`
	First   uint64         `json:"first,omitempty"`
	Last    uint64         `json:"last,omitempty"`
}

// refusalRecord is the part of a refusal that a story expects.
type refusalRecord struct {
	Code    authn.Code   `json:"code"`
	Rule    authn.RuleID `json:"rule,omitempty"`
	Site    authn.Site   `json:"site,omitempty"`
	Subject string       `json:"subject,omitempty"`
	Message string       `json:"message,omitempty"`
}

// moveSecrets is the secret half. It is stored even if it is empty, since the
// seal protects the public half as well.
type moveSecrets struct {
	Action secrets `json:"action,omitempty"`
	Result secrets `json:"result,omitempty"`
}

// StartRecording makes a world record every Action, for a story that can be
// replayed. The world must be new, since earlier Actions would be missing.
func StartRecording(ctx context.Context, store authn.Store) error {
	return store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		l := newLedger(r)
		var c clockState
		there, err := l.load(authn.SiteWorld, recordClock, &c, nil)
		switch {
		case err != nil:
			return authn.Batch{}, err
		case !there:
			return authn.Batch{}, errNoClock
		case c.Seq > 0:
			return authn.Batch{}, errors.New("sim: a world records from its beginning or not at all")
		}
		c.Recording = true
		if err := l.save(authn.SiteWorld, recordClock, c, nil); err != nil {
			return authn.Batch{}, err
		}
		return l.batch(), nil
	})
}

// record stores the move of this pass.
func (p *pass) record() error {
	p.clock.Moves++
	m := moveRecord{Number: p.clock.Moves, At: p.began, Ended: p.outcome.At, Verb: p.action.Verb(),
		Pending: p.outcome.Pending}
	var s moveSecrets
	var err error
	if m.Action, s.Action, err = encode(p.action); err != nil {
		return err
	}
	if p.outcome.Result != nil {
		result, hidden, err := encode(p.outcome.Result)
		if err != nil {
			return err
		}
		m.Result, s.Result = &result, hidden
	}
	if r := p.refusal; r != nil {
		m.Refusal = &refusalRecord{Code: r.Code, Rule: r.Rule, Site: r.Site, Subject: r.Subject, Message: r.Message}
	}
	if n := len(p.events); n > 0 {
		m.First, m.Last = p.events[0].Seq, p.events[n-1].Seq
	}
	return p.save(authn.SiteWorld, fmt.Sprintf("%s%08d", moves, m.Number), m, s)
}

// Recorded is one Action of a recording world.
type Recorded struct {
	// Number counts from 1.
	Number uint64
	// At is the world's time at which it was done, after the due timers and
	// before the Action moved the clock.
	At     time.Time
	Action authn.Action
	// Outcome has no warnings.
	Outcome authn.Outcome
	// Refusal has no hints and no text of the product.
	Refusal *authn.Refusal
}

// Recording reports whether the world records, and how many Actions it has
// recorded.
func (w *World) Recording(ctx context.Context) (kept uint64, on bool, err error) {
	err = w.cfg.Store.View(ctx, func(r authn.Reader) error {
		var c clockState
		_, err := newLedger(r).load(authn.SiteWorld, recordClock, &c, nil)
		kept, on = c.Moves, c.Recording
		return err
	})
	return kept, on, err
}

// Recorded returns every Action of a recording world, in order, secrets
// included. known are zero values of the types that Actions and results may
// have: those of the verb table, which this package cannot see. The error is
// ErrNotRecording if the world does not record.
func (w *World) Recorded(ctx context.Context, known ...any) ([]Recorded, error) {
	types := typesOf(append(known, acceptRollback{}))
	var told []Recorded
	err := w.cfg.Store.View(ctx, func(r authn.Reader) error {
		var c clockState
		if _, err := newLedger(r).load(authn.SiteWorld, recordClock, &c, nil); err != nil {
			return err
		}
		if !c.Recording {
			return ErrNotRecording
		}
		records, err := r.Records(authn.SiteWorld, moves)
		if err != nil {
			return err
		}
		events, err := r.Events(authn.EventQuery{})
		if err != nil {
			return err
		}
		if uint64(len(records)) != c.Moves {
			return fmt.Errorf("sim: %d of %d moves are there", len(records), c.Moves)
		}
		for _, rec := range records {
			one, err := types.move(rec, events)
			if err != nil {
				return fmt.Errorf("record %s %s: %w", rec.Site, rec.Name, err)
			}
			told = append(told, one)
		}
		return nil
	})
	return told, err
}

// move decodes a move from its record.
func (t types) move(rec authn.Record, events []authn.Event) (Recorded, error) {
	var m moveRecord
	var s moveSecrets
	if err := strictJSON(rec.Public, &m); err != nil {
		return Recorded{}, err
	}
	if err := strictJSON(rec.Secret, &s); err != nil {
		return Recorded{}, err
	}
	one := Recorded{Number: m.Number, At: m.At, Outcome: authn.Outcome{At: m.Ended, Pending: m.Pending}}
	action, err := t.decode(m.Action, s.Action)
	if err != nil {
		return one, err
	}
	if one.Action, _ = action.(authn.Action); one.Action == nil {
		return one, fmt.Errorf("a %T is no action", action)
	}
	if m.Result != nil {
		if one.Outcome.Result, err = t.decode(*m.Result, s.Result); err != nil {
			return one, err
		}
	}
	if r := m.Refusal; r != nil {
		one.Refusal = &authn.Refusal{Code: r.Code, Rule: r.Rule, Site: r.Site, Subject: r.Subject, Message: r.Message}
	}
	if m.First > 0 { // events count from 1 without a gap
		if m.Last < m.First || m.Last > uint64(len(events)) {
			return one, fmt.Errorf("its events %d to %d are not there", m.First, m.Last)
		}
		one.Outcome.Events = events[m.First-1 : m.Last]
	}
	return one, nil
}

// typed is a value in JSON, with the name of its type.
type typed struct {
	Type   string                     `json:"type"`
	Fields map[string]json.RawMessage `json:"fields,omitempty"`
}

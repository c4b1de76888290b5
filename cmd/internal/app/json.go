package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// Envelope is the one object of --json; docs/json.md is its specification.
type Envelope struct {
	Schema   int          `json:"schema"`
	OK       bool         `json:"ok"`
	World    string       `json:"world,omitempty"`
	At       *Stamp       `json:"at,omitempty"`
	Result   any          `json:"result,omitempty"`
	Refusal  *refusalJSON `json:"refusal,omitempty"`
	Fault    *FaultJSON   `json:"fault,omitempty"`
	Failed   any          `json:"failed,omitempty"`
	Events   []eventJSON  `json:"events"`
	Pending  *pendingJSON `json:"pending"`
	Warnings []string     `json:"warnings"`
}

type refusalJSON struct {
	Code    authn.Code   `json:"code"`
	Rule    authn.RuleID `json:"rule"`
	Message string       `json:"message"`
	Shown   string       `json:"shown"`
	Native  string       `json:"native"`
	Hint    string       `json:"hint"`
}

// FaultJSON is a fault in JSON.
type FaultJSON struct {
	Code    authn.Code `json:"code"`
	Message string     `json:"message"`
	Hint    string     `json:"hint"`
}

type eventJSON struct {
	Seq     uint64         `json:"seq"`
	At      Stamp          `json:"at"`
	Site    authn.Site     `json:"site"`
	Kind    authn.Kind     `json:"kind"`
	Subject string         `json:"subject"`
	Result  string         `json:"result"`
	Rule    authn.RuleID   `json:"rule,omitempty"`
	Fields  map[string]any `json:"fields"`
}

type pendingJSON struct {
	ID      string `json:"id"`
	Verb    string `json:"verb"`
	Since   Stamp  `json:"since"`
	Until   Stamp  `json:"until"`
	Waiting string `json:"waiting"`
}

// List is the result of every command that lists something.
type List[T any] struct {
	Items []T `json:"items"`
}

// ListOf returns the result of a command that lists items; none are [], not null.
func ListOf[T any](items []T) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{Items: items}
}

// Stamp is an instant in JSON: RFC 3339 in UTC.
type Stamp time.Time

func (s Stamp) Time() time.Time { return time.Time(s) }

// MarshalText implements encoding.TextMarshaler.
func (s Stamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format(time.RFC3339Nano)), nil
}

// StampOf is nil for the zero time.
func StampOf(t time.Time) *Stamp {
	if t.IsZero() {
		return nil
	}
	s := Stamp(t)
	return &s
}

// EventJSONOf returns an event as JSON has it.
func EventJSONOf(e authn.Event) eventJSON {
	fields := e.Fields
	if fields == nil {
		fields = map[string]any{}
	}
	return eventJSON{Seq: e.Seq, At: Stamp(e.At), Site: e.Site, Kind: e.Kind, Subject: e.Subject, Result: e.Result, Rule: e.Rule, Fields: fields}
}

// EventsJSON returns events as JSON has them.
func EventsJSON(events []authn.Event) []eventJSON {
	out := make([]eventJSON, len(events))
	for i, e := range events {
		out[i] = EventJSONOf(e)
	}
	return out
}

func pendingOf(p *authn.Pending) *pendingJSON {
	if p == nil {
		return nil
	}
	return &pendingJSON{ID: p.ID, Verb: p.Verb, Since: Stamp(p.Since), Until: Stamp(p.Until), Waiting: p.Waiting}
}

// Envelope writes the one object of --json.
func (d *Deps) Envelope(e Envelope) error {
	e.Schema = 1
	if e.Warnings == nil {
		e.Warnings = []string{}
	}
	if e.Events == nil {
		e.Events = []eventJSON{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(e)
	if err == nil {
		_, err = d.Streams.Out.Write(authn.VisibleJSON(b.Bytes()))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOutput, err)
	}
	return nil
}

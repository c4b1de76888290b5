package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// envelope is the one object of --json; docs/json.md is its specification.
type envelope struct {
	Schema   int          `json:"schema"`
	OK       bool         `json:"ok"`
	World    string       `json:"world,omitempty"`
	At       *stamp       `json:"at,omitempty"`
	Result   any          `json:"result,omitempty"`
	Refusal  *refusalJSON `json:"refusal,omitempty"`
	Fault    *faultJSON   `json:"fault,omitempty"`
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

type faultJSON struct {
	Code    authn.Code `json:"code"`
	Message string     `json:"message"`
	Hint    string     `json:"hint"`
}

type eventJSON struct {
	Seq     uint64         `json:"seq"`
	At      stamp          `json:"at"`
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
	Since   stamp  `json:"since"`
	Until   stamp  `json:"until"`
	Waiting string `json:"waiting"`
}

// list is the result of every command that lists something.
type list[T any] struct {
	Items []T `json:"items"`
}

func listOf[T any](items []T) list[T] {
	if items == nil {
		items = []T{}
	}
	return list[T]{Items: items}
}

// stamp is an instant in JSON: RFC 3339 in UTC.
type stamp time.Time

func (s stamp) time() time.Time { return time.Time(s) }

// MarshalText implements encoding.TextMarshaler.
func (s stamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format(time.RFC3339Nano)), nil
}

// stampOf is nil for the zero time.
func stampOf(t time.Time) *stamp {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}

func eventJSONOf(e authn.Event) eventJSON {
	fields := e.Fields
	if fields == nil {
		fields = map[string]any{}
	}
	return eventJSON{Seq: e.Seq, At: stamp(e.At), Site: e.Site, Kind: e.Kind, Subject: e.Subject, Result: e.Result, Rule: e.Rule, Fields: fields}
}

func eventsJSON(events []authn.Event) []eventJSON {
	out := make([]eventJSON, len(events))
	for i, e := range events {
		out[i] = eventJSONOf(e)
	}
	return out
}

func pendingOf(p *authn.Pending) *pendingJSON {
	if p == nil {
		return nil
	}
	return &pendingJSON{ID: p.ID, Verb: p.Verb, Since: stamp(p.Since), Until: stamp(p.Until), Waiting: p.Waiting}
}

// envelope writes the one object of --json.
func (d *Deps) envelope(e envelope) error {
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
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

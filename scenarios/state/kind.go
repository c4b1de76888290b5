package state

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Kinds of values of results and events, in addition to those of state.
const (
	// Any is the kind of a value that may be anything.
	Any Kind = ""
	// Scalar is the kind of a value that may be a text, a number or a boolean.
	Scalar Kind = "scalar"
	Span   Kind = "duration"
)

// KindOf returns the kind of a value of the world, such as a field of a result. The
// kind of a secret is Text.
func KindOf(v any) Kind {
	switch v.(type) {
	case bool:
		return Bool
	case int, int64:
		return Int
	case string, authn.Secret:
		return Text
	case time.Duration:
		return Span
	case time.Time:
		return Instant
	case []string:
		return List
	}
	return Any
}

// eventFields maps the names of event fields to their kinds. A name has the same kind
// in every event, except in those of the clock.
var eventFields = fieldTable(map[Kind]string{
	Bool:    "already had locked roaming unlocked updated",
	Int:     "allowed count counter days failures happened_at left length minutes nth number of tap uses windows_event",
	Instant: "due_at expires_at",
	Span:    "drift skew",
	Text: "accepted action by clocks event fault from key message method methods mode name native phone provider reason " +
		"registration role serial session state to type user value version via workstation rule result subject site",
})

func fieldTable(names map[Kind]string) map[string]Kind {
	table := map[string]Kind{}
	for kind, list := range names {
		for _, name := range strings.Fields(list) {
			table[name] = kind
		}
	}
	return table
}

// EventField returns the kind of a field of an event, or Any if it is unknown.
func EventField(event authn.Kind, field string) Kind {
	switch {
	case field == "at":
		return Instant
	case field == "by" && strings.HasPrefix(string(event), "clock_"):
		return Span
	}
	return eventFields[field]
}

// EventValue converts the value of an event's field to its kind, since events hold
// instants and durations as texts.
func EventValue(event authn.Kind, field string, v any) any {
	text, ok := v.(string)
	if !ok {
		return v
	}
	switch EventField(event, field) {
	case Instant:
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return at.UTC()
		}
	case Span:
		if d, err := authn.ParseSpan(text); err == nil {
			return d
		}
	}
	return v
}

package sim

import (
	"encoding/json"
)

// ThereAndBack encodes and decodes a value, and returns the result with the
// public half.
func ThereAndBack(value any) (back any, public string, err error) {
	apart, hidden, err := encode(value)
	if err != nil {
		return nil, "", err
	}
	text, err := json.Marshal(apart)
	if err != nil {
		return nil, "", err
	}
	var read typed
	if err := strictJSON(text, &read); err != nil {
		return nil, "", err
	}
	back, err = typesOf([]any{value}).decode(read, hidden)
	return back, string(text), err
}

// ReadType returns the zero value of the type with a name in a record.
func ReadType(name string, known ...any) (any, error) {
	return typesOf(known).decode(typed{Type: name}, nil)
}

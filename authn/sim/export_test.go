package sim

import (
	"encoding/json"
)

// ThereAndBack takes a value apart and puts it together again, and gives the
// public half.
func ThereAndBack(value any) (back any, public string, err error) {
	apart, hidden, err := takeApart(value)
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
	back, err = typesOf([]any{value}).putTogether(read, hidden)
	return back, string(text), err
}

// ReadType returns the zero value of the type that a record names.
func ReadType(name string, known ...any) (any, error) {
	return typesOf(known).putTogether(typed{Type: name}, nil)
}

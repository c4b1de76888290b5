package sim

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Misremembered gives the halves of records of which a world that is alone
// remembers something else than they say.
func (w *World) Misremembered() []string {
	if w.memo == nil {
		return nil
	}
	var wrong []string
	for h, m := range w.memo.kept {
		said := reflect.New(m.value.Type())
		err := json.Unmarshal(m.text, said.Interface())
		if err != nil || !reflect.DeepEqual(said.Elem().Interface(), m.value.Interface()) {
			wrong = append(wrong, fmt.Sprintf("%v says %s (%v), and is remembered as %+v", h, m.text, err, m.value))
		}
	}
	return wrong
}

// Remembered is how many halves of records a world remembers.
func (w *World) Remembered() int { return len(w.memo.kept) }

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

package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/run"
)

// eventLine is a line of the NDJSON. It holds nothing about the host, so the
// same files and seeds produce the same bytes on every machine.
type eventLine struct {
	Instance string         `json:"instance"`
	Repeat   int            `json:"repeat"`
	Seq      uint64         `json:"seq"`
	At       string         `json:"at"`
	Site     authn.Site     `json:"site"`
	Kind     authn.Kind     `json:"kind"`
	Subject  string         `json:"subject"`
	Result   string         `json:"result"`
	Rule     authn.RuleID   `json:"rule,omitempty"`
	Fields   map[string]any `json:"fields"`
}

// writeEvents writes every event of every result, one object a line.
func writeEvents(w io.Writer, r run.Report) error {
	enc := json.NewEncoder(visibleJSON{w})
	enc.SetEscapeHTML(false)
	for _, one := range r.Results {
		for _, e := range one.Events {
			fields := e.Fields
			if fields == nil {
				fields = map[string]any{}
			}
			if err := enc.Encode(eventLine{one.ID, max(one.Repeat, 1), e.Seq, e.At.UTC().Format(time.RFC3339Nano), e.Site,
				e.Kind, e.Subject, e.Result, e.Rule, fields}); err != nil {
				return err
			}
		}
	}
	return nil
}

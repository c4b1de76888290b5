package cli

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestTheLogIsFollowedUntilCtrlC_A15(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	waits := 0
	f.slept = func(time.Time) {
		switch waits++; waits {
		case 1:
			f.ok("link", "set", "server", "captive")
		case 3:
			f.ok("link", "set", "server", "up")
		case 5:
			interrupt()
		}
	}
	code, out, errs := f.run(ctx, "log", "--follow", "--last", "1", "--json")
	if code != 0 || errs != "" {
		t.Errorf("exit code %d, stderr %q", code, errs)
	}
	var states []any
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		var e readEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		states = append(states, e.Fields["state"])
	}
	if len(states) != 3 || states[1] != "captive" || states[2] != "up" {
		t.Errorf("it showed %v", states)
	}
}

// readEvent is an event as a reader of --json decodes it.
type readEvent struct {
	Fields map[string]any `json:"fields"`
}

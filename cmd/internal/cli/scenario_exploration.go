package cli

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/explore"
)

// explorationJSON is what an exploration or a shrinking gives. Found is null
// where every invariant held.
type explorationJSON struct {
	Profile     string      `json:"profile"`
	Seed        int64       `json:"seed"`
	Runs        int         `json:"runs"`
	Actions     int         `json:"actions"`
	Replayed    int         `json:"replayed"`
	Wall        float64     `json:"wall_seconds"`
	KDF         string      `json:"kdf"`
	Invariants  []string    `json:"invariants"`
	States      []countJSON `json:"states"`
	Edges       []countJSON `json:"edges"`
	Refusals    []countJSON `json:"refusals"`
	Interrupted bool        `json:"interrupted"`
	Found       *foundJSON  `json:"found"`
}

type countJSON struct {
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
	Count    int    `json:"count"`
}

type foundJSON struct {
	Invariant string         `json:"invariant"`
	Sentence  string         `json:"sentence"`
	What      string         `json:"what"`
	Rules     []authn.RuleID `json:"rules"`
	Run       int            `json:"run"`
	Drawn     int            `json:"drawn"`
	Kept      int            `json:"kept"`
	Replays   int            `json:"replays"`
	Name      string         `json:"name"`
	File      string         `json:"file"`
	Text      string         `json:"text"`
}

func explorationOf(r explore.Result) explorationJSON {
	counts := func(all []explore.Count) []countJSON {
		out := []countJSON{}
		for _, c := range all {
			out = append(out, countJSON{c.Name, c.Sentence, c.N})
		}
		return out
	}
	return explorationJSON{Profile: r.Profile, Seed: r.Seed, Runs: r.Runs, Actions: r.Actions, Replayed: r.Replayed, Wall: r.Wall.Seconds(), KDF: r.KDF,
		Invariants: append([]string{}, r.Invariants...), States: counts(r.States), Edges: counts(r.Edges), Refusals: counts(r.Refusals), Interrupted: r.Interrupted}
}

// explorationLines says how much an exploration that found nothing is worth:
// what it tried, and what it never met.
func explorationLines(r explore.Result) []string {
	rows := [][]string{{"state", "met"}}
	for _, c := range r.States {
		rows = append(rows, []string{orName(c.Sentence, c.Name), fmt.Sprint(c.N)})
	}
	lines := append(table(rows), "")
	met := func(what string, counts []explore.Count) {
		never := explore.Never(counts)
		line := fmt.Sprintf("%s: %d of %d came up", what, len(counts)-len(never), len(counts))
		if len(never) > 0 {
			line += "; never " + strings.Join(never, ", ")
		}
		lines = append(lines, line)
	}
	met("states", r.States)
	met("refusals", r.Refusals)
	edges := 0
	for _, c := range r.Edges {
		edges += c.N
	}
	lines = append(lines, fmt.Sprintf("waits that ended exactly on a deadline: %d, of %s", edges, authn.Counted(len(r.Edges), "kind")),
		"PINs were stretched at the cost of explorations: "+r.KDF)
	end := fmt.Sprintf("%s held in %s, %s (%.2f s); seed %d", authn.Counted(len(r.Invariants), "invariant"), authn.Counted(r.Runs, "run"),
		authn.Counted(r.Actions, "action"), r.Wall.Seconds(), r.Seed)
	if r.Interrupted {
		end += "; interrupted"
	}
	return append(lines, end)
}

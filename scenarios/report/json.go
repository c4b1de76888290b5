package report

import (
	_ "embed"
	"encoding/json"
	"io"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/run"
)

// Format names the format of the JSON report. Fields may be added; none is
// changed or removed.
const Format = "offauth-report/1"

//go:embed report.v1.schema.json
var schema string

// Schema returns the JSON Schema of the JSON report.
func Schema() string { return schema }

// Document is the JSON report. Times are seconds; virtual_seconds is exact to
// the millisecond, wall_seconds is the host's and differs from run to run.
type Document struct {
	Format      string       `json:"format"`
	Summary     summaryJSON  `json:"summary"`
	Shuffle     *uint64      `json:"shuffle"`
	KDF         string       `json:"kdf"`
	Interrupted bool         `json:"interrupted"`
	Results     []resultJSON `json:"results"`
}

type summaryJSON struct {
	Passed  int     `json:"passed"`
	Failed  int     `json:"failed"`
	Errors  int     `json:"errors"`
	Skipped int     `json:"skipped"`
	XFailed int     `json:"xfailed"`
	XPassed int     `json:"xpassed"`
	NotRun  int     `json:"not_run"`
	Wall    float64 `json:"wall_seconds"`
	Virtual float64 `json:"virtual_seconds"`
}

type resultJSON struct {
	ID       string         `json:"id"`
	Repeat   int            `json:"repeat"`
	File     string         `json:"file"`
	Line     int            `json:"line"`
	Name     string         `json:"name"`
	Tags     []string       `json:"tags"`
	Status   run.Status     `json:"status"`
	Reason   string         `json:"reason"`
	Seed     int64          `json:"seed"`
	Wall     float64        `json:"wall_seconds"`
	Virtual  float64        `json:"virtual_seconds"`
	Actions  int            `json:"actions"`
	Hash     string         `json:"hash"`
	Rules    []authn.RuleID `json:"rules"`
	Refusals []string       `json:"refusals"`
	Kinds    []string       `json:"kinds"`
	Verbs    []string       `json:"verbs"`
	Roles    []string       `json:"roles"`
	Phases   []phaseJSON    `json:"phases"`
	Failures []failureJSON  `json:"failures"`
	Cleanup  []failureJSON  `json:"cleanup"`
	Rerun    string         `json:"rerun"`
}

type phaseJSON struct {
	Title   string  `json:"title"`
	At      float64 `json:"at_seconds"`
	Actions int     `json:"actions"`
	Failed  bool    `json:"failed"`
}

type failureJSON struct {
	Code     string      `json:"code"`
	File     string      `json:"file"`
	Line     int         `json:"line"`
	Column   int         `json:"column"`
	Length   int         `json:"length"`
	What     string      `json:"what"`
	Expected string      `json:"expected"`
	Got      string      `json:"got"`
	Outcome  string      `json:"outcome"`
	Step     string      `json:"step"`
	Phase    string      `json:"phase"`
	Actions  int         `json:"actions"`
	Stack    []frameJSON `json:"stack"`
	Last     []string    `json:"last_events"`
	Diff     []string    `json:"diff"`
}

type frameJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	What   string `json:"what"`
}

// DocumentOf returns the JSON report, to embed it in another object.
func DocumentOf(r run.Report, o Options) Document {
	d := Document{Format: Format, Shuffle: r.Shuffle, KDF: r.KDF, Interrupted: r.Interrupted, Results: []resultJSON{},
		Summary: summaryJSON{
			Passed: r.Count(run.Passed), Failed: r.Count(run.Failed), Errors: r.Count(run.Errored),
			Skipped: r.Count(run.Skipped),
			XFailed: r.Count(run.XFailed), XPassed: r.Count(run.XPassed), NotRun: r.Count(run.NotRun),
			Wall: r.Wall.Seconds(), Virtual: milli(r.Virtual()),
		}}
	for _, one := range r.Results {
		d.Results = append(d.Results, resultOf(one, o))
	}
	return d
}

func resultOf(one run.Result, o Options) resultJSON {
	r := resultJSON{
		ID: one.ID, Repeat: max(one.Repeat, 1), File: one.Path, Line: one.Line, Name: one.Name, Tags: some(one.Tags),
		Status: one.Status, Reason: one.Reason,
		Seed: one.Seed, Wall: one.Wall.Seconds(), Virtual: milli(one.Virtual), Actions: one.Actions, Hash: one.Hash,
		Rules:    some(one.Rules),
		Refusals: some(one.Refusals), Kinds: some(one.Kinds), Verbs: some(one.Verbs), Roles: some(one.Roles),
		Phases:   []phaseJSON{},
		Failures: failuresOf(one.Failures, o), Cleanup: failuresOf(one.Cleanup, o),
	}
	for _, p := range one.Phases {
		r.Phases = append(r.Phases, phaseJSON{p.Title, milli(p.At), p.Actions, p.Failed})
	}
	if wrong(one.Status) {
		r.Rerun = o.rerun(one)
	}
	return r
}

func failuresOf(failures []run.Failure, o Options) []failureJSON {
	out := []failureJSON{}
	for _, f := range failures {
		j := failureJSON{Code: f.Code, File: f.File, Line: f.Line, Column: f.Col, Length: f.Len, What: f.What,
			Expected: f.Expected, Got: f.Got, Outcome: f.Outcome,
			Step: f.Step, Phase: f.Phase, Actions: f.Actions, Stack: []frameJSON{}, Last: some(o.last(f)), Diff: some(f.Diff)}
		for _, frame := range f.Stack {
			j.Stack = append(j.Stack, frameJSON{frame.File, frame.Line, frame.Col, frame.What})
		}
		out = append(out, j)
	}
	return out
}

// some returns an empty slice for nil, so that JSON has [] and not null.
func some[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// milli returns seconds without the noise of binary fractions.
func milli(d time.Duration) float64 {
	return float64(d.Milliseconds()) / 1000
}

func writeJSON(w io.Writer, r run.Report, o Options) error {
	enc := json.NewEncoder(visibleJSON{w})
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(DocumentOf(r, o))
}

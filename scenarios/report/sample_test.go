package report_test

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/report"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/syntax"
)

const (
	runOut  = "scenarios/hypr-pins-run-out.scenario.yaml"
	fixture = "scenarios/fixtures/hypr-paired.fixture.yaml"
	zeros   = "0000000000000000000000000000000000000000000000000000000000000000"
)

// sources has the files with the failures of the sample.
var sources = map[string]string{
	runOut: "offauth: scenario/v1\nname: hypr-pins-run-out\nsteps:\n  - call: offline_unlock\n    expect:\n      " +
		"events: [{pins_low: {left: \"${case.low}\", rule: H29}}]\n\t- tab: \x1b[31m\n",
	fixture: "\n\n\n      - workstation login: {pin: \"${saved.pin}\"}\n",
}

var options = report.Options{Sources: sources, Rerun: "offauth scenario run scenarios"}

func at(file string, line, col, length int) syntax.Pos {
	return syntax.Pos{File: file, Line: line, Col: col, Len: length}
}

// sample returns a report with a result of each status.
func sample() run.Report {
	eight := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	result := func(id, path string, line int, status run.Status, reason string) run.Result {
		return run.Result{ID: id, Repeat: 1, Path: path, Line: line, Name: id, Status: status, Reason: reason, Seed: 7,
			Hash: zeros,
			Wall: 300 * time.Microsecond, Virtual: time.Hour, Actions: 12}
	}
	passed := result("encap-qr", "scenarios/encap-qr.scenario.yaml", 3, run.Passed, "")
	passed.Rules, passed.Refusals, passed.Kinds = []authn.RuleID{"E13", "E20"}, []string{"device scan invalid_input"},
		[]string{"otp_shown"}
	passed.Verbs, passed.Roles, passed.Tags = []string{"device scan"}, []string{"phone"}, []string{"encap", "qr"}
	passed.Phases = []run.Phase{{Actions: 2}, {Title: "Again, #2", At: time.Minute, Actions: 10}}
	passed.Transcript = []string{"0s  phone  device scan  → scanned{context: a\x1b[31m}"}
	passed.Events = []authn.Event{
		{Seq: 1, At: eight, Site: "phone/phone", Kind: "scanned", Subject: "alice", Result: "ok", Rule: "E13",
			Fields: map[string]any{"title": "a<b>\x1b", "left": int64(9)}},
		{Seq: 2, At: eight.Add(time.Millisecond), Site: "server", Kind: "refused", Subject: "alice", Result: "wrong_code"},
	}
	failed := result("hypr-pins-run-out[hundred-at-10]", runOut, 2, run.Failed, "")
	failed.Phases = []run.Phase{{Title: "Both sides lose the network", Actions: 4},
		{Title: "The next PIN falls below it", At: time.Hour, Actions: 270, Failed: true}}
	failed.Failures = []run.Failure{
		{Pos: at(runOut, 6, 17, 8), Code: "expect", What: "pins_low: left", Expected: "10 (case.low)", Got: "9",
			Outcome: "{left: 9, same: false}", Step: "call offline_unlock",
			Phase: "The next PIN falls below it", Actions: 274,
			Last: []string{"locked", "pin_shown{left 9}", "pins_low{left 9}", "unlocked{offline}"}},
		{Pos: at(runOut, 7, 3, 30), Code: "refused", What: "workstation login was refused", Expected: "accepted",
			Got:     "wrong_pin (H24): this is no PIN of the set\x1b[0m, and the message is too long for one line beside it",
			Actions: 1, Stack: []run.Frame{{Pos: at(runOut, 4, 5, 4), What: "call offline_unlock"},
				{Pos: at(fixture, 4, 9, 17), What: "workstation login"}}},
	}
	failed.Cleanup = []run.Failure{{Pos: at("gone.yaml", 1, 1, 1), Code: "golden", What: "the transcript differs",
		Diff: []string{"-0s locked{}", "+0s unlocked{}"}}}
	errored := result("wild[a,b=\x1b]", "scenarios/wild.scenario.yaml", 2, run.Errored, "a bug in offauth")
	errored.Failures = []run.Failure{{Pos: at("scenarios/wild.scenario.yaml", 9, 0, 0), Code: "panic",
		What: "index out of range\ngoroutine 1\n\tplay.go:3"}}
	xpassed := result("now-right", "scenarios/xpass.scenario.yaml", 2, run.XPassed,
		"now passes: remove xfail (E30 is broken)")
	return run.Report{
		Results: []run.Result{passed, failed, xpassed,
			result("skipped", "scenarios/skip.scenario.yaml", 1, run.Skipped, "waits for #12, 50% done"),
			result("to-fail", "scenarios/xfail.scenario.yaml", 1, run.XFailed, "E30 is broken"), errored,
			result("z-late", "scenarios/z.scenario.yaml", 1, run.NotRun, "stopped after the first failure")},
		KDF: "Argon2id, 1 pass, 8 KiB", Wall: 12 * time.Millisecond, Interrupted: true,
	}
}

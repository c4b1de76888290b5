package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	reports "github.com/offauth/offauth/scenarios/report"
)

// But for record, no command below scenario opens a world or the keyring: each
// story has a world of its own, in memory.
func newScenarioCmd(d *Deps) *cobra.Command {
	return parent("scenario", groupLook, "stories in YAML: play them, check them, write them",
		newScenarioRunCmd(d, nil), newScenarioLintCmd(d, nil), newScenarioFmtCmd(d, nil), newScenarioListCmd(d, nil), newScenarioShowCmd(d, nil),
		newScenarioNewCmd(d, nil), newScenarioRecordCmd(d, nil), newScenarioExplainCmd(d, nil),
		newScenarioCoverageCmd(d, nil), newScenarioSchemaCmd(d, nil))
}

// roomy lets the garbage of many small worlds wait: a few hundred megabytes
// at most, for a tenth of the time. What GOGC says stays.
func roomy() {
	const usual = 100
	if before := debug.SetGCPercent(4 * usual); before != usual {
		debug.SetGCPercent(before)
	}
}

// ended is how a command ends that has done its work and found something
// wrong with what it looked at: its report is printed, there is no more to say.
type ended struct {
	exit   authn.Exit
	failed any
}

func (e *ended) Error() string { return exitText[e.exit] }

// colours reports whether the output may be coloured.
func (d *Deps) colours() bool { return d.Streams.OutTTY && d.paints() && d.env("NO_COLOR") == "" }

// lookingAt are the options of a report that shows lines of these files.
func (d *Deps) lookingAt(s *suite) reports.Options {
	return reports.Options{Sources: s.sources, Colour: d.colours()}
}

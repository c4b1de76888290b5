package scenario

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
	reports "github.com/offauth/offauth/scenarios/report"
)

// But for record, no command below scenario opens a world or the keyring: each
// story has a world of its own, in memory.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("scenario", app.GroupLook, "stories in YAML: play them, check them, write them",
		newScenarioRunCmd(d), newScenarioLintCmd(d), newScenarioFmtCmd(d), newScenarioListCmd(d), newScenarioShowCmd(d),
		newScenarioNewCmd(d), newScenarioRecordCmd(d), newScenarioExplainCmd(d),
		newScenarioCoverageCmd(d), newScenarioSchemaCmd(d))
}

// roomy lets the garbage of many small worlds wait: a few hundred megabytes
// at most, for a tenth of the time. What GOGC says stays.
func roomy() {
	const usual = 100
	if before := debug.SetGCPercent(4 * usual); before != usual {
		debug.SetGCPercent(before)
	}
}

// lookingAt are the options of a report that shows lines of these files.
func lookingAt(d *app.Deps, s *suite) reports.Options {
	return reports.Options{Sources: s.sources, Colour: d.Colours()}
}

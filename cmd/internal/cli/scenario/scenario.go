package scenario

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	stories "github.com/offauth/offauth/scenarios/library"
	reports "github.com/offauth/offauth/scenarios/report"
)

// No command below scenario opens a world or the keyring, except record: each
// story has a world of its own, in memory.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("scenario", app.GroupLook, "stories in YAML: play them, check them, write them",
		newRun(d), newLint(d), newFmt(d), newList(d), newShow(d),
		newNew(d), newRecord(d), newExplain(d),
		newCoverage(d), newSchema(d))
}

// roomy lets the garbage of many small worlds accumulate: it costs at most a
// few hundred megabytes and saves a tenth of the time. GOGC overrides it.
func roomy() {
	const usual = 100
	if before := debug.SetGCPercent(4 * usual); before != usual {
		debug.SetGCPercent(before)
	}
}

// lookingAt returns the options of a report that shows lines of these files.
func lookingAt(d *app.Deps, s *suite) reports.Options {
	return reports.Options{Sources: s.sources, Colour: d.Colours()}
}

// StoryNames returns the stories and fixtures of the library.
func StoryNames() []string { return append(stories.Names(), stories.Fixtures()...) }

// Words returns the names that "scenario explain" knows.
func Words() []string {
	words := stories.Names()
	for _, f := range Findings {
		words = append(words, f.Code+"\t"+f.What)
	}
	return append(words, app.NamesOf(authn.Rules(), func(r authn.Rule) string { return string(r.ID) + "\t" + r.Text })...)
}

// ReportKinds returns the prefixes of --report's values.
func ReportKinds() []string {
	return app.NamesOf(reports.Kinds(), func(k reports.Kind) string { return string(k) + "=" })
}

// InvariantNames returns the invariants with their descriptions, for
// completion.
func InvariantNames() []string {
	return app.NamesOf(watch.All(), func(i invariant.Invariant) string { return i.ID + "\t" + i.Sentence })
}

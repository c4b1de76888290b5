package scenario

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/invariant"
	stories "github.com/offauth/offauth/scenarios/library"
	reports "github.com/offauth/offauth/scenarios/report"
)

// StoryNames returns the stories and fixtures of the library.
func StoryNames() []string { return append(stories.Names(), stories.Fixtures()...) }

// Words returns what "scenario explain" knows by a name.
func Words() []string {
	words := stories.Names()
	for _, f := range Findings {
		words = append(words, f.Code+"\t"+f.What)
	}
	return append(words, app.NamesOf(authn.Rules(), func(r authn.Rule) string { return string(r.ID) + "\t" + r.Text })...)
}

// ReportKinds returns the beginnings of --report.
func ReportKinds() []string {
	return app.NamesOf(reports.Kinds(), func(k reports.Kind) string { return string(k) + "=" })
}

// InvariantNames lists the invariants with their sentences, for completion.
func InvariantNames() []string {
	return app.NamesOf(invariant.All(), func(i invariant.Invariant) string { return i.ID + "\t" + i.Sentence })
}

package cli

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/invariant"
	stories "github.com/offauth/offauth/scenarios/library"
	reports "github.com/offauth/offauth/scenarios/report"
)

// storyNames returns the stories and fixtures of the library.
func storyNames() []string { return append(stories.Names(), stories.Fixtures()...) }

// scenarioWords returns what "scenario explain" knows by a name.
func scenarioWords() []string {
	words := stories.Names()
	for _, f := range findingText {
		words = append(words, f.code+"\t"+f.what)
	}
	return append(words, names(authn.Rules(), func(r authn.Rule) string { return string(r.ID) + "\t" + r.Text })...)
}

// reportKinds returns the beginnings of --report.
func reportKinds() []string {
	return names(reports.Kinds(), func(k reports.Kind) string { return string(k) + "=" })
}

func invariantNames() []string {
	return names(invariant.All(), func(i invariant.Invariant) string { return i.ID + "\t" + i.Sentence })
}

package coverage

import (
	"maps"

	"github.com/offauth/offauth/authn"
)

// held maps each rule that no story in memory can prove to the Go tests that
// do: test vectors, printed output, what a killed process leaves on disk, what
// a second process sees.
var held = map[authn.RuleID][]string{
	"A1": {"TestTheVectorsOfTheRFCsA1A7"},
	"A5": {"TestStepsAreCountedFromT0A5", "TestOneStepEarlyOrLateIsToleratedA5"},
	"A7": {"TestTheVectorsOfTheRFCsA1A7", "TestAQuestionOfOddHexLengthIsPaddedByNibblesA7"},
	"A9": {"TestASecretPrintsAsRedactedWithEveryVerbA9", "TestFindLooksAtWholeTagsOnlyA9",
		"TestSecretsAreRevealedInTheseFilesOnly_A9"},
	"A10": {"TestUnlockOnATerminalShowsThePINLargeAndLeavesALineWithoutIt_H18"},
	"A12": {"TestRaceOnePIN", "TestRaceUnlock", "TestRaceWrongPINs"},
	"A13": {"TestKillAtRandomMoments", "TestAMoveThatIsKilledLosesNothingA13"},
	"O19": {"TestABlockSaysNothingWithoutItsKeyO19"},
	"A14": {"TestAWorldCopiedBackIsRefusedA14", "TestAWorldCopiedBackUnderAnOpenHandleIsRefusedA14"},
	"A16": {"TestNamesAreFoundInAnyCaseA16", "TestNoTwoNamesDifferByCaseAloneA16"},
}

// Held returns the rules that Go tests prove in place of stories, with the
// names of those tests.
func Held() map[authn.RuleID][]string { return maps.Clone(held) }

// waiting maps each rule that no code implements yet to what it waits for.
var waiting = map[authn.RuleID]string{
	"E33": "an HTTP interface, which offauth has not",
	"O45": "password randomization, which offauth has not",
	"O46": "virtual authenticators, which offauth has not",
}

// shown maps a common rule to the one family whose verbs can prove it.
var shown = map[authn.RuleID]authn.FamilyName{"A2": "onespan", "A3": "onespan", "A4": "onespan"}

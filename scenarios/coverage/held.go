package coverage

import (
	"maps"

	"github.com/offauth/offauth/authn"
)

// held are the rules that no story in memory can show to be broken, with the
// Go tests that hold them: vectors of codes, what is printed, what a killed
// process leaves on a disk, what a second process sees, what is never made, what lies in a block of
// hashes.
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

// Held returns the rules that Go tests hold in place of stories, with the names
// of those tests.
func Held() map[authn.RuleID][]string { return maps.Clone(held) }

// waiting are rules of families that stand of which no code speaks yet, with
// what they wait for.
var waiting = map[authn.RuleID]string{
	"E33": "an HTTP interface, which offauth has not",
	"O45": "password randomization, which offauth has not",
	"O46": "virtual authenticators, which offauth has not",
}

// shown are common rules that the verbs of one family alone can show.
var shown = map[authn.RuleID]authn.FamilyName{"A2": "onespan", "A3": "onespan", "A4": "onespan"}

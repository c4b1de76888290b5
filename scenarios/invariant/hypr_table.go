package invariant

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// hyprChecks are those of PINs.
func hyprChecks() []check {
	c := func(id, sentence string, event func(*book, authn.Event) *Broken, after func(*book) *Broken,
		rules ...authn.RuleID) check {
		return check{Invariant: Invariant{ID: id, Sentence: sentence, Rules: rules, Family: authn.FamilyHYPR}, event: event,
			after: after}
	}
	return []check{
		c("no_pin_accepted_twice", "a PIN unlocks at most once, over restarts, new sets and changes of the clock",
			acceptedTwice, nil, "H23", "A6").wants(hypr.CodePINUsed),
		c("nothing_at_or_after_expiry",
			"nothing is accepted or shown at or after the end of the set, the data or the session that it is of", atExpiry,
			nil, "H33").wants(hypr.CodePINExpired),
		c("clock_back_revives_nothing", "what was expired or used stays so, however the clock is set", revived,
			visibleAfterClockBack, "A8").wants(hypr.CodePINExpired),
		c("old_set_dead", "once a set is confirmed, or one of its PINs was used, no PIN of an earlier one is accepted",
			oldSet, deadToo, "H32", "A11", "H12").wants(hypr.CodeWrongPIN),
		c("not_before_priming", "nothing is accepted offline before the first online success", unprimed, nil,
			"H9").wants(hypr.CodeNotPrimed),
		c("only_issued_is_accepted", "what is accepted was given to that user, on that phone, for that place", notIssued,
			nil, "H12", "H36").wants(hypr.CodeWrongPIN),
		c("only_locked_unlocks", "a PIN or a passkey unlocks a workstation only while it is locked", unlockedBefore, nil,
			"H22", "H36").wants(hypr.CodeNotLocked),
		c("counters_monotonic", "counters and numbers never go down", numbersGoDown, nil, "A6", "A11"),
		c("used_stays_used", "what is left grows only by an online success", leftGrows, nil, "H31"),
		c("books_balance",
			"what is left of a set is what was issued less what was shown, on the phone, or used, at the workstation",
			balance, nil, "H20", "H21").ends(balanceAtEnd),
		c("wrong_spends_nothing", "a refused PIN leaves the counts of both sides as they are", nil, spentByRefusal, "H25"),
		c("lock_exactly_at_n",
			"the n-th wrong try in a row locks, not the one before and not the one after, and a success ends the count", nil,
			lockCount, "H27").about(hypr.EventDirectoryLocked),
		c("locked_means_locked", "between a lock and its end nothing is accepted, and no try is judged, in its scope",
			whileLocked, nil, "H27").wants(hypr.CodeDirectoryLocked),
		c("replenish_only_online", "PINs and days come only from an online success", replenished, nil, "H31", "H10", "H1"),
		c("warn_iff_below", "a shown PIN warns exactly if left x 100 < threshold x count", nil, warned, "H29", "H28",
			"H30").about(hypr.EventPINsLow),
		c("offer_not_before_5s",
			"no offer for an unreachable workstation before 5 s after the tap, none later, "+
				"and none once it was answered or cancelled",
			offered, overdue, "H15", "H16", "H17").about(hypr.EventPINOffered),
		c("hidden_after_timeout",
			"no PIN is visible for longer, or for shorter, than the display timeout, or beyond its expiry", hidden,
			visibleTooLong, "H18").about(hypr.EventPINHidden),
		c("same_pin_while_visible",
			"asking again while a PIN is visible gives the same and spends nothing, and else another", nil, samePIN,
			"H19").about(hypr.EventPINShown),
		c("right_credential_accepted", rightSentence, rightPIN, rightPasskey, "H21", "H22", "H44", "H36", "H27"),
		c("server_needed", "what needs the server is never accepted across a cut link, and what is offline makes no call",
			acrossCut, nil, "H46", "H36"),
	}
}

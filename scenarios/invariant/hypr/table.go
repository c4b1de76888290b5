// Package hypr has what must always hold of PINs, taps and passkeys of hypr.
package hypr

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
)

// Family returns the invariants of the family, with the book that they judge by.
func Family() invariant.Family {
	return invariant.Family{
		Name: authn.FamilyHYPR,
		Frees: []authn.Kind{
			hypr.EventUnlocked, hypr.EventPINsIssued, hypr.EventPINsStored, hypr.EventPINShown, hypr.EventPaired,
			hypr.EventDirectoryUnlocked,
		},
		Offline: func(a authn.Action) bool {
			switch a.(type) {
			case hypr.Unlock, hypr.Hide, hypr.Login:
				return true
			}
			return false
		},
		Open: func(common *invariant.Book) invariant.Part {
			b := newBook(common)
			return invariant.Part{Checks: b.checks(), Begin: b.begin, Enter: b.enter, End: b.end}
		},
	}
}

// checks returns the invariants of PINs.
func (b *book) checks() []invariant.Check {
	c := invariant.NewCheck
	return []invariant.Check{
		c("events_delivered_once", "events that happen offline arrive at the audit trail once and in order",
			b.trail.auditedOnce, nil, "H41"),
		c("no_pin_accepted_twice", "a PIN unlocks at most once, over restarts, new sets and changes of the clock",
			b.acceptedTwice, nil, "H23", "A6").Wants(hypr.CodePINUsed),
		c("nothing_at_or_after_expiry",
			"nothing is accepted or shown at or after the end of the set, the data or the session that it is of", b.atExpiry,
			nil, "H33").Wants(hypr.CodePINExpired),
		c("clock_back_revives_nothing", "what was expired or used stays so, however the clock is set", b.revived,
			b.visibleAfterClockBack, "A8").Wants(hypr.CodePINExpired),
		c("old_set_dead", "once a set is confirmed, or one of its PINs was used, no PIN of an earlier one is accepted",
			b.oldSet, b.deadToo, "H32", "A11", "H12").Wants(hypr.CodeWrongPIN),
		c("not_before_priming", "nothing is accepted offline before the first online success", b.unprimed, nil,
			"H9").Wants(hypr.CodeNotPrimed),
		c("only_issued_is_accepted", "what is accepted was given to that user, on that phone, for that place", b.notIssued,
			nil, "H12", "H36").Wants(hypr.CodeWrongPIN),
		c("only_locked_unlocks", "a PIN or a passkey unlocks a workstation only while it is locked", b.unlockedBefore, nil,
			"H22", "H36").Wants(hypr.CodeNotLocked),
		c("counters_monotonic", "counters and numbers never go down", b.numbersGoDown, nil, "A6", "A11"),
		c("used_stays_used", "what is left grows only by an online success", b.leftGrows, nil, "H31"),
		c("books_balance",
			"what is left of a set is what was issued less what was shown, on the phone, or used, at the workstation",
			b.balance, nil, "H20", "H21").Ends(b.comparesCounts),
		c("wrong_spends_nothing", "a refused PIN leaves the counts of both sides as they are", nil, b.spentByRefusal, "H25"),
		c("lock_exactly_at_n",
			"the n-th wrong try in a row locks, not the one before and not the one after, and a success ends the count", nil,
			b.lockCount, "H27").About(hypr.EventDirectoryLocked),
		c("locked_means_locked", "between a lock and its end nothing is accepted, and no try is judged, in its scope",
			b.whileLocked, nil, "H27").Wants(hypr.CodeDirectoryLocked),
		c("replenish_only_online", "PINs and days come only from an online success", b.replenished, nil, "H31", "H10", "H1"),
		c("warn_iff_below", "a shown PIN warns exactly if left x 100 < threshold x count", nil, b.warned, "H29", "H28",
			"H30").About(hypr.EventPINsLow),
		c("offer_not_before_5s",
			"no offer for an unreachable workstation before 5 s after the tap, none later, "+
				"and none once it was answered or cancelled",
			b.offered, b.overdue, "H15", "H16", "H17").About(hypr.EventPINOffered),
		c("hidden_after_timeout",
			"no PIN is visible for longer, or for shorter, than the display timeout, or beyond its expiry", b.hidden,
			b.visibleTooLong, "H18").About(hypr.EventPINHidden),
		c("same_pin_while_visible",
			"asking again while a PIN is visible gives the same and spends nothing, and else another", nil, b.samePIN,
			"H19").About(hypr.EventPINShown),
		c("right_credential_accepted", "a right, unused and unexpired PIN or code, typed in the right place, is taken",
			b.rightPIN, b.rightPasskey, "H21", "H22", "H44", "H36", "H27"),
		c("server_needed", "what needs the server is never accepted across a cut link, and what is offline makes no call",
			b.acrossCut, nil, "H46", "H36"),
	}
}

package hypr

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// fail counts a wrong PIN, and locks the user out with the last one that the
// directory allows (H27), for as long as it says (H50).
func (w Workstation) fail(user string, acc *account) error {
	acc.Failures++
	if acc.lockedOut() {
		fields := map[string]any{"failures": int64(acc.Failures), "minutes": int64(acc.Minutes)}
		if acc.Minutes > 0 {
			until := w.Env.Now().Add(time.Duration(acc.Minutes) * time.Minute)
			acc.Until = &until
			w.Wake(timerLockout, user, until)
		}
		emit(w.Host, EventDirectoryLocked, user+"@"+w.Site.Name(), "H27", fields)
	}
	return w.Shelf.Save(accounts+user, *acc, nil)
}

// clearFailures begins the count again, and ends a lock-out; the caller saves.
func (w Workstation) clearFailures(user string, acc *account) {
	if acc.Until != nil {
		w.Calm(timerLockout, user)
	}
	acc.Failures, acc.Until = 0, nil
}

// endLockout begins the count again by the administrator or by time.
func (w Workstation) endLockout(user string, acc account, by string) error {
	rule := authn.RuleID("H27")
	if by == "time" {
		rule = "H50"
	}
	emit(w.Host, EventDirectoryUnlocked, user+"@"+w.Site.Name(), rule,
		map[string]any{"failures": int64(acc.Failures), "by": by})
	w.clearFailures(user, &acc)
	return w.Shelf.Save(accounts+user, acc, nil)
}

// lockedOut is the answer while the directory has locked a user out: no PIN
// is looked at, so none is a guess (H27).
func (w Workstation) lockedOut(user string, acc account) *authn.Refusal {
	message := fmt.Sprintf("the directory has locked %s out at %s after %s", user, w.Site.Name(),
		authn.Counted(acc.Failures, "wrong PIN"))
	r := w.refuse(CodeDirectoryLocked, "H27", user, message+acc.ends(), unlockHints(w.Site.Name(), user)...)
	r.Shown = shownLockedOut
	return r
}

// ends says when a lock-out ends by itself, if it does (H50).
func (a account) ends() string {
	if a.Until == nil {
		return ""
	}
	return ", until " + a.Until.UTC().Format("2006-01-02 15:04:05Z")
}

// unlockHints are the two ways out of a directory lock-out.
func unlockHints(ws, user string) []string {
	return []string{
		"an online login ends it: `offauth device tap " + ws + "`",
		"and so does the administrator: `offauth admin user unlock " + user + "`",
	}
}

package hypr

import (
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// account is a user's account on the workstation. It counts wrong PINs and
// makes the refusals of a login. Changes are stored by save.
type account struct {
	authn.Host // the workstation's
	user       string
	accountRecord
}

// account loads a user's account and reports whether it exists.
func (w Workstation) account(user string) (*account, bool, error) {
	acc := &account{Host: w.Host, user: user}
	there, err := acc.load()
	return acc, there, err
}

func (acc *account) load() (there bool, err error) {
	there, err = acc.Shelf.Load(accounts+acc.user, &acc.accountRecord, nil)
	if err == nil && there && (acc.KDF.Time < 1 || acc.KDF.MemoryKiB < 8) {
		err = authn.ErrDamaged
	}
	return there, err
}

// newAccount makes a user's account with a random salt, unless it exists.
func (w Workstation) newAccount(user string) error {
	acc, there, err := w.account(user)
	if err != nil || there {
		return err
	}
	acc.KDF = w.KDF
	if acc.Salt, err = w.Env.Draw("hypr.salt", 16); err != nil {
		return err
	}
	return acc.save()
}

func (acc *account) save() error { return acc.Shelf.Save(accounts+acc.user, acc.accountRecord, nil) }

// subject returns the subject of events about the account.
func (acc *account) subject() string { return acc.user + "@" + acc.Site.Name() }

// refuse returns a refusal by the workstation.
func (acc *account) refuse(code authn.Code, rule authn.RuleID, message string, hints ...string) *authn.Refusal {
	return &authn.Refusal{Code: code, Rule: rule, Site: acc.Site, Subject: acc.subject(), Message: message, Hints: hints}
}

// fail counts a wrong PIN. It locks the user out when the directory's limit is
// reached (H27), for the directory's lock-out time (H50).
func (acc *account) fail() error {
	acc.Failures++
	if acc.lockedOut() {
		fields := map[string]any{"failures": int64(acc.Failures), "minutes": int64(acc.Minutes)}
		if acc.Minutes > 0 {
			until := acc.Env.Now().Add(time.Duration(acc.Minutes) * time.Minute)
			acc.Until = &until
			acc.SetTimer(timerLockout, acc.user, until)
		}
		acc.Happened(EventDirectoryLocked, acc.subject(), "H27", fields)
	}
	return acc.save()
}

// clearFailures resets the count and ends a lock-out. The caller saves.
func (acc *account) clearFailures() {
	if acc.Until != nil {
		acc.StopTimer(timerLockout, acc.user)
	}
	acc.Failures, acc.Until = 0, nil
}

// endLockout ends a lock-out by the administrator or by time.
func (acc *account) endLockout(by string) error {
	rule := authn.RuleID("H27")
	if by == "time" {
		rule = "H50"
	}
	acc.Happened(EventDirectoryUnlocked, acc.subject(), rule, map[string]any{"failures": int64(acc.Failures), "by": by})
	acc.clearFailures()
	return acc.save()
}

// lockoutRefusal returns the refusal of a user whom the directory has locked
// out. The PIN is not checked, so it cannot be guessed (H27).
func (acc *account) lockoutRefusal() *authn.Refusal {
	message := fmt.Sprintf("the directory has locked %s out at %s after %s",
		acc.user, acc.Site.Name(), authn.Counted(acc.Failures, "wrong PIN"))
	r := acc.refuse(CodeDirectoryLocked, "H27", message+acc.lockoutEnd(), unlockHints(acc.Site.Name(), acc.user)...)
	r.Shown = shownLockedOut
	return r
}

// lockoutEnd returns a phrase that says when a lock-out expires, or nothing if
// it does not (H50).
func (a accountRecord) lockoutEnd() string {
	if a.Until == nil {
		return ""
	}
	return ", until " + a.Until.UTC().Format("2006-01-02 15:04:05Z")
}

// unlockHints returns hints for a directory lock-out.
func unlockHints(ws, user string) []string {
	return []string{
		"an online login ends it: `offauth device tap " + ws + "`",
		"and so does the administrator: `offauth admin user unlock " + user + "`",
	}
}

// allPhonesReplaced returns the refusal of a PIN of a user whose phones were
// all replaced.
func (acc *account) allPhonesReplaced(phones []string) *authn.Refusal {
	were := "phone " + phones[0] + " was replaced, and its PINs were"
	if len(phones) > 1 {
		were = "phones " + strings.Join(phones, ", ") + " were replaced, and their PINs were"
	}
	text := fmt.Sprintf("%s deleted; %s has none of another phone of %s", were, acc.Site.Name(), acc.user)
	r := acc.refuse(CodePhoneRevoked, "H51", text, "offauth device tap "+acc.Site.Name())
	r.Fields = map[string]any{"phone": phones[len(phones)-1]}
	return r
}

// noSetsRefusal returns the refusal if the workstation holds no PIN set of the
// user: before the first online login (H9), or without Offline Mode (H1, H38,
// H42, H43).
func (acc *account) noSetsRefusal() error {
	user, ws := acc.user, acc.Site.Name()
	names, err := acc.Shelf.Names(pairings + user + "/")
	if err != nil {
		return err
	}
	r := acc.refuse(CodeNotPrimed, "H9",
		fmt.Sprintf("%s made no offline PINs for %s yet", ws, user), "offauth device tap "+ws)
	var revoked []string
	for _, name := range names {
		var p pairing
		if _, err := acc.Shelf.Load(name, &p, nil); err != nil {
			return err
		}
		if p.Revoked {
			revoked = append(revoked, strings.TrimPrefix(name, pairings+user+"/"))
			r = acc.allPhonesReplaced(revoked)
		}
		if p.Primed && p.Offline != offlineOn {
			r = p.offlineStatus.refusal(acc.Host, acc.subject(), fmt.Sprintf("%s's last online login to %s", user, ws),
				p.LastNumber > 0)
			break
		}
	}
	r.Shown = shownWrong
	return r
}

// wrongPIN returns the refusal of a PIN, with the true reason and the text of
// the lock screen.
func (acc *account) wrongPIN(v verdict) *authn.Refusal {
	user, ws := acc.user, acc.Site.Name()
	message := map[authn.RuleID]string{
		"H33": fmt.Sprintf("this PIN belongs to a set that has expired; one online login to %s brings new ones", ws),
		"H34": fmt.Sprintf("no PIN is left on %s for %s; one online login brings new ones", ws, user),
		"H23": fmt.Sprintf("this PIN unlocked %s before; each PIN unlocks once", ws),
		"H24": fmt.Sprintf("%s has no such PIN for %s", ws, user),
	}[v.rule]
	shown, hint := shownWrong, "offauth device unlock "+ws
	switch v.code {
	case CodePINUsed: // while it is visible the phone shows the same one again (H19)
		hint += " --next"
	case CodePINExpired:
		shown, hint = shownExpired, "offauth device tap "+ws
	}
	r := acc.refuse(v.code, v.rule, message, hint)
	r.Shown = shown
	r.Fields = map[string]any{"failures": int64(acc.Failures)}
	if acc.lockedOut() { // the lock screen does not say so (H24, H26)
		r.Message += fmt.Sprintf("; it is wrong PIN %d of %d, and the directory has locked %s out at %s%s",
			acc.Failures, acc.Lockout, user, ws, acc.lockoutEnd())
		r.Hints, r.Fields[authn.FieldLocked] = unlockHints(ws, user), true
	}
	return r
}

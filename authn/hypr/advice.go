package hypr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// advise adds to a refusal what the refusing site itself cannot know and
// helpdesk asks first: is a clock wrong, was this phone replaced, and is there
// another phone of this user that has PINs for the workstation?
func advise(s family.Sites, a authn.Action, r *authn.Refusal) error {
	if err := blameExpiry(s, r); err != nil {
		return err
	}
	if err := adviseEnabled(s, r); err != nil {
		return err
	}
	if login, ok := a.(Login); ok {
		return adviseLogin(s, login, r)
	}
	phone, ws := holding(a)
	if phone == "" {
		return nil
	}
	mine, err := s.Device(authn.Phone(phone))
	if err != nil {
		return err
	}
	if _, pairs := a.(Pair); pairs && mine.ReplacedBy != "" &&
		len(family.CutOff(s, authn.Phone(phone), authn.SiteServer)) == 0 {
		r.Code, r.Rule, r.Hints = CodePhoneRevoked, "H51", nil
		r.Message = fmt.Sprintf("the server pairs phone %s with nothing any more: it was replaced by %s, and is revoked",
			phone, mine.ReplacedBy)
	}
	if mine.ReplacedBy != "" {
		return adviseReplaced(s, ws, phone, r)
	}
	adviseLines(s, r, ws, phone)
	if r.Code != CodeNotPaired && r.Code != CodeNotPrimed {
		return nil
	}
	others, err := phonesWithPINs(s, mine.User, phone, ws)
	for _, other := range others {
		r.Hints = append(r.Hints, "offauth device unlock "+ws+" --phone "+other)
	}
	return err
}

// adviseLogin adds to the refusal of a login whether the lock-out was ended
// already, which phone took the place of one that was replaced, and which lines
// are cut.
func adviseLogin(s family.Sites, a Login, r *authn.Refusal) error {
	switch r.Code {
	case CodeDirectoryLocked:
		return adviseUnlocked(s, a, r)
	case CodePhoneRevoked:
		phone, _ := r.Fields["phone"].(string)
		return adviseReplaced(s, a.Workstation, phone, r)
	}
	phone, err := newestPhone(s, a.User, r)
	if err != nil {
		return err
	}
	adviseLines(s, r, a.Workstation, phone)
	return nil
}

// adviseReplaced names the phone that took a replaced one's place, and how it
// comes to what the replaced one has not, instead of hints for that one.
func adviseReplaced(s family.Sites, ws, phone string, r *authn.Refusal) error {
	heir, err := family.Heir(s, phone)
	if err != nil {
		return err
	}
	refusal, err := phoneOf(s, heir).NothingToOffer(ws)
	if err != nil {
		return err
	}
	hints := []string{"offauth device tap " + ws + " --phone " + heir}
	switch {
	case r.Code == CodeNoPasskey:
		hints = []string{"offauth device pair " + ws + " --passkey --phone " + heir}
	case refusal != nil && refusal.Code == CodeNotPaired:
		hints = append([]string{"offauth device pair " + ws + " --phone " + heir}, hints...)
	}
	at := max(slices.IndexFunc(r.Hints, needsAll), 0)
	r.Hints = slices.DeleteFunc(slices.Clone(r.Hints), needsAll)
	r.Hints = slices.Insert(r.Hints, at, hints...)
	adviseLines(s, r, ws, heir)
	return nil
}

// needsAll reports whether a hint needs phone, server and workstation online.
func needsAll(hint string) bool {
	return strings.Contains(hint, "offauth device tap") || strings.Contains(hint, "offauth device pair")
}

// adviseLines puts in front of a hint that needs phone, server and workstation
// online the commands that bring those online that are not.
func adviseLines(s family.Sites, r *authn.Refusal, ws, phone string) {
	at := slices.IndexFunc(r.Hints, needsAll)
	if at < 0 {
		return
	}
	sites := []authn.Site{authn.SiteServer, authn.Workstation(ws)}
	if phone != "" {
		sites = append(sites, authn.Phone(phone))
	}
	for _, site := range family.CutOff(s, sites...) {
		r.Hints = slices.Insert(r.Hints, at, family.LinkUp(site))
	}
}

// newestPhone is a user's phone that is not replaced: the one that a refusal
// names, else the newest.
func newestPhone(s family.Sites, user string, r *authn.Refusal) (string, error) {
	if phone, _ := r.Fields["phone"].(string); phone != "" {
		return phone, nil
	}
	phones, err := family.Phones(s, user)
	if len(phones) == 0 {
		return "", err
	}
	return phones[len(phones)-1].Site.Name(), err
}

// adviseUnlocked reports that the administrator has ended a lock-out of which the
// workstation has not heard, and what keeps it from hearing (H27).
func adviseUnlocked(s family.Sites, a Login, r *authn.Refusal) error {
	waits, err := serverOf(s).UnlockWaits(a.Workstation, a.User)
	if err != nil || !waits {
		return err
	}
	r.Message += "; the administrator has ended that, and " + a.Workstation + " hears of it when it and the " +
		"server next talk"
	r.Hints = family.Reconnect(s, authn.Workstation(a.Workstation), authn.SiteServer)
	return nil
}

// adviseEnabled leaves out the hint to enable Offline Mode where that is done
// and only an online login is wanting.
func adviseEnabled(s family.Sites, r *authn.Refusal) error {
	if r.Code != CodeOfflineDisabled {
		return nil
	}
	set, err := serverOf(s).Settings()
	if set.OfflineMode {
		r.Hints = slices.DeleteFunc(slices.Clone(r.Hints), func(h string) bool {
			return h == KeyOffline.SetCommand("true")
		})
	}
	return err
}

// holding says with which phone in hand, towards which workstation, an Action
// is done; both are empty for Actions without a phone.
func holding(a authn.Action) (phone, workstation string) {
	switch a := a.(type) {
	case Pair:
		return a.Phone, a.Workstation
	case Tap:
		return a.Phone, a.Workstation
	case Unlock:
		return a.Phone, a.Workstation
	case PasskeyUnlock:
		return a.Phone, a.Workstation
	}
	return "", ""
}

// phonesWithPINs lists a user's other phones that could show a PIN.
func phonesWithPINs(s family.Sites, user, but, ws string) ([]string, error) {
	phones, err := family.Phones(s, user)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, d := range phones {
		name := d.Site.Name()
		has, err := phoneOf(s, name).HasPINs(ws)
		if err != nil {
			return nil, err
		}
		if has && name != but {
			names = append(names, name)
		}
	}
	return names, nil
}

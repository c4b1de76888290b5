package hypr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// advise adds to a refusal facts that the refusing site cannot know and that
// helpdesk needs first: a wrong clock, a replaced phone, another phone of the
// user with PINs for the workstation.
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
	phone, ws := phoneAndTarget(a)
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

// adviseLogin adds to the refusal of a login whether the administrator has
// ended the lock-out, which phone replaced the user's, and which links are
// down.
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

// adviseReplaced names the phone that replaced this one, and replaces the hints
// by hints for the new phone.
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
	at := max(slices.IndexFunc(r.Hints, needsAllOnline), 0)
	r.Hints = slices.DeleteFunc(slices.Clone(r.Hints), needsAllOnline)
	r.Hints = slices.Insert(r.Hints, at, hints...)
	adviseLines(s, r, ws, heir)
	return nil
}

// needsAll reports whether a hint needs phone, server and workstation online.
func needsAllOnline(hint string) bool {
	return strings.Contains(hint, "offauth device tap") || strings.Contains(hint, "offauth device pair")
}

// adviseLines adds the commands that bring phone, server and workstation online
// before a hint that needs all three.
func adviseLines(s family.Sites, r *authn.Refusal, ws, phone string) {
	at := slices.IndexFunc(r.Hints, needsAllOnline)
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

// newestPhone returns a phone of the user that is in use: the one that the
// refusal names, else the newest.
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

// adviseUnlocked adds that the administrator has ended a lock-out and the
// workstation has not heard of it yet, and which links are down (H27).
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

// adviseEnabled removes the hint to enable Offline Mode if it is already
// enabled and only an online login is missing.
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

// phoneAndTarget returns the phone that does an Action and the workstation that
// the Action is for. Both are empty for Actions without a phone.
func phoneAndTarget(a authn.Action) (phone, workstation string) {
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

// phonesWithPINs returns the user's other phones that have a PIN to show.
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

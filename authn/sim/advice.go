package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// advise adds to a refusal what the refusing site itself cannot know and
// helpdesk asks first: is a clock wrong, was this phone replaced, and is there
// another phone of this user that has PINs for the workstation?
func (p *pass) advise(a authn.Action, r *authn.Refusal) error {
	p.adviseCut(r)
	if err := p.adviseEncap(a, r); err != nil {
		return err
	}
	if err := p.blameExpiry(r); err != nil {
		return err
	}
	if err := p.adviseEnabled(r); err != nil {
		return err
	}
	if login, ok := a.(hypr.Login); ok && r.Code == hypr.CodeDirectoryLocked {
		return p.adviseUnlocked(login, r)
	}
	if a, ok := a.(hypr.Login); ok && r.Code == hypr.CodePhoneRevoked {
		phone, _ := r.Fields["phone"].(string)
		return p.adviseReplaced(a.Workstation, phone, r)
	}
	if a, ok := a.(hypr.Login); ok {
		phone, err := p.phoneOf(a.User, r)
		if err != nil {
			return err
		}
		p.adviseLines(r, a.Workstation, phone)
		return nil
	}
	if err := p.adviseOneSpan(a, r); err != nil {
		return err
	}
	phone, ws := holding(a)
	if phone == "" {
		return nil
	}
	mine, err := p.device(phone)
	if err != nil {
		return err
	}
	if _, pairs := a.(hypr.Pair); pairs && mine.ReplacedBy != "" && len(p.cutOff(authn.Phone(phone), authn.SiteServer)) == 0 {
		r.Code, r.Rule, r.Hints = hypr.CodePhoneRevoked, "H51", nil
		r.Message = fmt.Sprintf("the server pairs phone %s with nothing any more: it was replaced by %s, and is revoked", phone, mine.ReplacedBy)
	}
	if mine.ReplacedBy != "" {
		return p.adviseReplaced(ws, phone, r)
	}
	p.adviseLines(r, ws, phone)
	if r.Code != hypr.CodeNotPaired && r.Code != hypr.CodeNotPrimed {
		return nil
	}
	others, err := p.phonesWithPINs(mine.User, phone, ws)
	for _, other := range others {
		r.Hints = append(r.Hints, "offauth device unlock "+ws+" --phone "+other)
	}
	return err
}

// adviseReplaced names the phone that took a replaced one's place, and how it
// comes to what the replaced one has not, instead of hints for that one.
func (p *pass) adviseReplaced(ws, phone string, r *authn.Refusal) error {
	heir, err := p.heir(phone)
	if err != nil {
		return err
	}
	refusal, err := p.phone(heir).NothingToOffer(ws)
	if err != nil {
		return err
	}
	hints := []string{"offauth device tap " + ws + " --phone " + heir}
	switch {
	case r.Code == hypr.CodeNoPasskey:
		hints = []string{"offauth device pair " + ws + " --passkey --phone " + heir}
	case refusal != nil && refusal.Code == hypr.CodeNotPaired:
		hints = append([]string{"offauth device pair " + ws + " --phone " + heir}, hints...)
	}
	at := max(slices.IndexFunc(r.Hints, needsAll), 0)
	r.Hints = slices.DeleteFunc(slices.Clone(r.Hints), needsAll)
	r.Hints = slices.Insert(r.Hints, at, hints...)
	p.adviseLines(r, ws, heir)
	return nil
}

// needsAll reports whether a hint needs phone, server and workstation online.
func needsAll(hint string) bool {
	return strings.Contains(hint, "offauth device tap") || strings.Contains(hint, "offauth device pair")
}

// heir is the phone in use that took the place of a replaced one, or the phone
// itself.
func (p *pass) heir(phone string) (string, error) {
	for {
		rec, err := p.device(phone)
		if err != nil || rec.ReplacedBy == "" {
			return phone, err
		}
		phone = rec.ReplacedBy
	}
}

// adviseLines puts in front of a hint that needs phone, server and workstation
// online the commands that bring those online that are not.
func (p *pass) adviseLines(r *authn.Refusal, ws, phone string) {
	at := slices.IndexFunc(r.Hints, needsAll)
	if at < 0 {
		return
	}
	sites := []authn.Site{authn.SiteServer, authn.Workstation(ws)}
	if phone != "" {
		sites = append(sites, authn.Phone(phone))
	}
	for _, site := range p.cutOff(sites...) {
		r.Hints = slices.Insert(r.Hints, at, "offauth link set "+string(site)+" up")
	}
}

// phoneOf is a user's phone that is not replaced: the one that a refusal names,
// else the newest.
func (p *pass) phoneOf(user string, r *authn.Refusal) (string, error) {
	if phone, _ := r.Fields["phone"].(string); phone != "" {
		return phone, nil
	}
	sites, records, err := p.made()
	newest := ""
	for _, site := range sites {
		if site.Role() == authn.RolePhone && records[site].User == user && records[site].ReplacedBy == "" {
			newest = site.Name()
		}
	}
	return newest, err
}

// adviseUnlocked reports that the administrator has ended a lock-out of which the
// workstation has not heard, and what keeps it from hearing (H27).
func (p *pass) adviseUnlocked(a hypr.Login, r *authn.Refusal) error {
	waits, err := p.server().UnlockWaits(a.Workstation, a.User)
	if err != nil || !waits {
		return err
	}
	r.Message += "; the administrator has ended that, and " + a.Workstation + " hears of it when it and the server next talk"
	r.Hints = p.reconnect(authn.Workstation(a.Workstation), authn.SiteServer)
	return nil
}

// adviseEnabled leaves out the hint to enable Offline Mode where that is done
// and only an online login is wanting.
func (p *pass) adviseEnabled(r *authn.Refusal) error {
	if r.Code != hypr.CodeOfflineDisabled {
		return nil
	}
	set, err := p.server().Settings()
	if set.OfflineMode {
		r.Hints = slices.DeleteFunc(slices.Clone(r.Hints), func(h string) bool {
			return h == hypr.KeyOffline.SetCommand("true")
		})
	}
	return err
}

// adviseCut names the commands that bring back the lines by which no answer
// came, in the place of the look at the lines, where a line is cut.
func (p *pass) adviseCut(r *authn.Refusal) {
	if r.Code != authn.CodeServerUnreachable || slices.ContainsFunc(r.Hints, func(h string) bool { return h != lookAtLines }) {
		return
	}
	sites := []authn.Site{authn.SiteServer}
	if r.Site != authn.SiteServer {
		sites = append(sites, r.Site)
	}
	if cut := p.reconnect(sites...); len(cut) > 1 {
		r.Hints = cut[:len(cut)-1]
	}
}

// lookAtLines is the hint of whom no answer came to.
const lookAtLines = "offauth link show"

// reconnect returns the commands that bring up those of the sites' lines that are
// not.
func (p *pass) reconnect(sites ...authn.Site) []string {
	var hints []string
	for _, site := range p.cutOff(sites...) {
		hints = append(hints, "offauth link set "+string(site)+" up")
	}
	return append(hints, lookAtLines)
}

// holding says with which phone in hand, towards which workstation, an Action
// is done; both are empty for Actions without a phone.
func holding(a authn.Action) (phone, workstation string) {
	switch a := a.(type) {
	case hypr.Pair:
		return a.Phone, a.Workstation
	case hypr.Tap:
		return a.Phone, a.Workstation
	case hypr.Unlock:
		return a.Phone, a.Workstation
	case hypr.PasskeyUnlock:
		return a.Phone, a.Workstation
	}
	return "", ""
}

// phonesWithPINs lists a user's other phones that could show a PIN.
func (p *pass) phonesWithPINs(user, but, ws string) ([]string, error) {
	sites, records, err := p.made()
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, site := range sites {
		rec := records[site]
		if site.Role() != authn.RolePhone || site.Name() == but || rec.User != user || rec.ReplacedBy != "" {
			continue
		}
		has, err := p.phone(site.Name()).HasPINs(ws)
		if err != nil {
			return nil, err
		}
		if has {
			names = append(names, site.Name())
		}
	}
	return names, nil
}

package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// adviseEncap adds to a refusal of the family encap what only the world knows:
// whose clock is off, which phone took a lost one's place, that this very try
// has locked, and what this policy and this phone leave possible.
func (p *pass) adviseEncap(a authn.Action, r *authn.Refusal) error {
	if r.Code == encap.CodeSessionExpired {
		p.blameClocks(r, authn.Phone(r.Subject), authn.SiteServer)
	}
	var name string
	switch a := a.(type) {
	case encap.Activate:
		name = a.Phone
	case encap.Auth:
		name = a.Phone
	case encap.AddMethod:
		name = a.Phone
	case encap.Scan:
		name = a.Phone
	case encap.Challenge, encap.Verify:
		name = r.Subject
	}
	// A session that nobody started, or an answer that did not come, is of no phone.
	if name == "" || r.Rule == "E9" || r.Code == encap.CodeServerUnreachable {
		return nil
	}
	rec, err := p.device(name)
	if err != nil {
		return err
	}
	if rec.ReplacedBy != "" && (r.Code == encap.CodeNotActivated || r.Code == encap.CodeSessionClosed) {
		return p.adviseHeir(name, rec.ReplacedBy, r)
	}
	method, _ := r.Fields["method"].(string)
	p.adviseLocked(r, rec.User)
	return p.adviseMethod(r, name, rec.Platform, encap.Method(method))
}

// adviseHeir says which phone took the place of one that was replaced, which
// ends its sessions, and leads to the one that is in use now.
func (p *pass) adviseHeir(phone, replacedBy string, r *authn.Refusal) error {
	what := "it was replaced by " + replacedBy
	if r.Code == encap.CodeSessionClosed {
		what = "phone " + phone + " was replaced by " + replacedBy // before it was approved, or since
	}
	r.Message += "; " + what
	heir, err := p.heir(phone)
	if err != nil {
		return err
	}
	on, err := p.encapServer().Activated(heir)
	again := r.Hints
	if r.Hints = []string{"offauth device activate --phone " + heir}; on {
		r.Hints = []string{"offauth device status --phone " + heir}
	}
	if r.Code == encap.CodeSessionClosed && len(again) > 0 { // the command for another session
		r.Hints = append(r.Hints, again[0]+" --phone "+heir)
	}
	return err
}

// adviseLocked reports that the wrong try that is refused was the one that locked.
func (p *pass) adviseLocked(r *authn.Refusal, user string) {
	for _, e := range p.events {
		what, _ := e.Fields["method"].(string)
		switch e.Kind {
		case encap.EventDeviceLocked:
			what = "every method"
		case encap.EventMethodLocked:
		default:
			continue
		}
		r.Message += fmt.Sprintf("; %v wrong tries in a row have locked %s on %v (E26)", e.Fields["failures"], what, e.Fields["phone"])
		r.Hints = append([]string{"offauth admin user unlock " + user}, r.Hints...)
	}
}

// adviseMethod words the hints of a method that is not allowed, not activated,
// or not authorised, by what the policy says and the phone has.
func (p *pass) adviseMethod(r *authn.Refusal, phone, platform string, method encap.Method) error {
	set, err := p.encapServer().Settings()
	if err != nil {
		return err
	}
	has, err := p.encapPhone(phone).Methods()
	if err != nil {
		return err
	}
	able := func(m encap.Method) bool { return slices.Contains(has, m) }
	add := "offauth device method add " + string(method)
	switch {
	case r.Code == encap.CodeMethodNotAllowed:
		r.Hints = []string{encap.KeyOfflineMethods.SetCommand(joined(append(slices.Clone(set.Offline), method)))}
	case r.Code == encap.CodeMethodNotActivated && method.Online():
		r.Hints = []string{"offauth device activate --methods " + joined(append(slices.DeleteFunc(has, encap.Method.Offline), method))}
	case r.Code == encap.CodeMethodNotActivated && method.Platform() != "" && method.Platform() != platform:
		r.Hints = []string{"offauth device status --phone " + phone}
	case r.Code != encap.CodeOnlineAuthRequired && r.Code != encap.CodeMethodNotActivated:
	case slices.ContainsFunc(set.Authorising, able):
		by := set.Authorising[slices.IndexFunc(set.Authorising, able)]
		r.Hints = []string{"offauth device auth --method " + string(by), add}
	case len(has) == 0: // its activation was cut short
		r.Hints = []string{"offauth device activate"}
	default: // the phone has none that may authorise
		by := has[0] // the online ones are first, and no activation is without
		r.Hints = []string{encap.KeyAddMethods.SetCommand(joined(append(slices.Clone(set.Authorising), by))),
			"offauth device auth --method " + string(by), add}
	}
	return nil
}

// joined lists methods as a setting and a flag take them.
func joined(methods []encap.Method) string {
	words := make([]string, len(methods))
	for i, m := range methods {
		words[i] = string(m)
	}
	return strings.Join(words, ",")
}

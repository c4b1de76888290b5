package encap

import (
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// advise adds to a refusal what only the world knows: whose
// clock is off, which phone replaced a lost one, whether this try locked, and
// what the policy and the phone allow.
func advise(s family.Sites, a authn.Action, r *authn.Refusal) error {
	if r.Code == CodeSessionExpired {
		family.BlameClocks(s, r, authn.Phone(r.Subject), authn.SiteServer)
	}
	var name string
	switch a := a.(type) {
	case Activate:
		name = a.Phone
	case Auth:
		name = a.Phone
	case AddMethod:
		name = a.Phone
	case Scan:
		name = a.Phone
	case Challenge, Verify:
		name = r.Subject
	}
	// A session that nobody started, or an answer that did not come, is of no phone.
	if name == "" || r.Rule == "E9" || r.Code == CodeServerUnreachable {
		return nil
	}
	rec, err := s.Device(authn.Phone(name))
	if err != nil {
		return err
	}
	if rec.ReplacedBy != "" && (r.Code == CodeNotActivated || r.Code == CodeSessionClosed) {
		return adviseHeir(s, name, rec.ReplacedBy, r)
	}
	method, _ := r.Fields["method"].(string)
	adviseLocked(s, r, rec.User)
	return adviseMethod(s, r, name, rec.Platform, Method(method))
}

// adviseHeir names the phone that replaced a phone, which ended its sessions,
// and hints at the phone that is in use now.
func adviseHeir(s family.Sites, phone, replacedBy string, r *authn.Refusal) error {
	what := "it was replaced by " + replacedBy
	if r.Code == CodeSessionClosed {
		what = "phone " + phone + " was replaced by " + replacedBy // before it was approved, or since
	}
	r.Message += "; " + what
	heir, err := family.Heir(s, phone)
	if err != nil {
		return err
	}
	on, err := serverOf(s).Activated(heir)
	again := r.Hints
	if r.Hints = []string{"offauth device activate --phone " + heir}; on {
		r.Hints = []string{"offauth device status --phone " + heir}
	}
	if r.Code == CodeSessionClosed && len(again) > 0 { // the command for another session
		r.Hints = append(r.Hints, again[0]+" --phone "+heir)
	}
	return err
}

// adviseLocked adds to a refusal of a wrong try that this try locked.
func adviseLocked(s family.Sites, r *authn.Refusal, user string) {
	for _, e := range s.NewEvents() {
		what, _ := e.Fields["method"].(string)
		switch e.Kind {
		case EventDeviceLocked:
			what = "every method"
		case EventMethodLocked:
		default:
			continue
		}
		r.Message += fmt.Sprintf("; %v wrong tries in a row have locked %s on %v (E26)", e.Fields["failures"], what,
			e.Fields["phone"])
		r.Hints = append([]string{"offauth admin user unlock " + user}, r.Hints...)
	}
}

// adviseMethod sets the hints for a method that is not allowed, not activated,
// or not authorised, from the policy and the methods of the phone.
func adviseMethod(s family.Sites, r *authn.Refusal, phone, platform string, method Method) error {
	set, err := serverOf(s).Settings()
	if err != nil {
		return err
	}
	has, err := phoneOf(s, phone).Methods()
	if err != nil {
		return err
	}
	able := func(m Method) bool { return slices.Contains(has, m) }
	add := "offauth device method add " + string(method)
	switch {
	case r.Code == CodeMethodNotAllowed:
		r.Hints = []string{KeyOfflineMethods.SetCommand(commaList(append(slices.Clone(set.Offline), method)))}
	case r.Code == CodeMethodNotActivated && method.Online():
		r.Hints = []string{"offauth device activate --methods " +
			commaList(append(slices.DeleteFunc(has, Method.Offline), method))}
	case r.Code == CodeMethodNotActivated && method.Platform() != "" && method.Platform() != platform:
		r.Hints = []string{"offauth device status --phone " + phone}
	case r.Code != CodeOnlineAuthRequired && r.Code != CodeMethodNotActivated:
	case slices.ContainsFunc(set.Authorising, able):
		by := set.Authorising[slices.IndexFunc(set.Authorising, able)]
		r.Hints = []string{"offauth device auth --method " + string(by), add}
	case len(has) == 0: // its activation was cut short
		r.Hints = []string{"offauth device activate"}
	default: // the phone has none that may authorise
		by := has[0] // the online ones are first, and no activation is without
		r.Hints = []string{KeyAddMethods.SetCommand(commaList(append(slices.Clone(set.Authorising), by))),
			"offauth device auth --method " + string(by), add}
	}
	return nil
}

package sim

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// setPolicy changes settings, whose keys begin with the family. It checks all
// of them before it stores any.
func (p acts) setPolicy(a authn.SetPolicy) error {
	if len(a.Settings) == 0 {
		return authn.BadArgument("name at least one setting, as KEY=VALUE")
	}
	if a.User != "" {
		return p.setUserPolicy(a)
	}
	of, err := family.ByFamily(p.world.families, a.Settings)
	if err != nil {
		return err
	}
	// Writes are kept when an Action is refused, so no family may write before
	// all have checked their settings.
	var stored []authn.SettingView
	for _, keep := range []bool{false, true} {
		for _, f := range p.world.families {
			if len(of[f.Name]) == 0 {
				continue
			}
			views, err := f.Policy.Change(sites(p), of[f.Name], keep)
			if err != nil {
				return err
			}
			stored = append(stored, views...)
		}
	}
	for _, s := range a.Settings {
		p.policySet(asStored(s, stored), "")
	}
	return nil
}

// asStored returns a setting with its value as it is stored: "yes" becomes
// "true".
func asStored(s authn.Setting, stored []authn.SettingView) authn.Setting {
	if i := slices.IndexFunc(stored, func(v authn.SettingView) bool { return v.Key == s.Key }); i >= 0 {
		s.Value = stored[i].Value
	}
	return s
}

// setUserPolicy sets settings for one user (O6). It passes them to the family
// of the first setting or, if that has no settings of users, to the first
// family that has, whose fault lists them.
func (p acts) setUserPolicy(a authn.SetPolicy) error {
	if err := p.user(a.User); err != nil {
		return err
	}
	name, _ := a.Settings[0].Key.Cut()
	f, ok := p.world.byName[name]
	if f.Policy.OfUser == nil {
		f, ok = p.world.first(func(f family.Family) bool { return f.Policy.OfUser != nil })
	}
	if !ok {
		return authn.BadArgument("no setting can be a user's own")
	}
	if err := f.Policy.OfUser(sites(p), a.User, a.Settings); err != nil {
		return err
	}
	for _, s := range a.Settings {
		// "default" is a value only for a user's own setting.
		if views, err := f.Policy.Change(sites(p), []authn.Setting{s}, false); err == nil {
			s = asStored(s, views)
		}
		p.policySet(s, a.User)
	}
	return nil
}

// policySet writes the event of a changed setting, for one user or for all.
func (p acts) policySet(s authn.Setting, user string) {
	fields, subject, rule := map[string]any{"key": string(s.Key), "value": strings.TrimSpace(s.Value)}, string(s.Key),
		authn.RuleID("")
	if user != "" {
		fields["user"], subject, rule = user, user, "O6"
	}
	p.happened(authn.SiteServer, authn.EventPolicySet, subject, rule, fields)
}

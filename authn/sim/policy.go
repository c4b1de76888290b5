package sim

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// setPolicy changes settings; the key's first word is the family. All are
// judged before any is kept.
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
	// A refusal keeps what was written, so no family may write before every
	// other was asked.
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

// asStored is a setting with the spelling that is kept: "yes" is true.
func asStored(s authn.Setting, stored []authn.SettingView) authn.Setting {
	if i := slices.IndexFunc(stored, func(v authn.SettingView) bool { return v.Key == s.Key }); i >= 0 {
		s.Value = stored[i].Value
	}
	return s
}

// setUserPolicy gives a user settings of the user's own (O6). The family of the
// first judges them, or else the first family that has such settings, which
// says what they are.
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
		// "default" is a value of a user's own setting alone.
		if views, err := f.Policy.Change(sites(p), []authn.Setting{s}, false); err == nil {
			s = asStored(s, views)
		}
		p.policySet(s, a.User)
	}
	return nil
}

// policySet leaves the event of a setting that was changed, for one user or
// for all.
func (p acts) policySet(s authn.Setting, user string) {
	fields, subject, rule := map[string]any{"key": string(s.Key), "value": strings.TrimSpace(s.Value)}, string(s.Key),
		authn.RuleID("")
	if user != "" {
		fields["user"], subject, rule = user, user, "O6"
	}
	p.happened(authn.SiteServer, authn.EventPolicySet, subject, rule, fields)
}

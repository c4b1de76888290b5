package sim

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// setPolicy changes settings; the key's first word is the family. All are
// judged before any is kept.
func (p *pass) setPolicy(a authn.SetPolicy) error {
	if len(a.Settings) == 0 {
		return badArgument("name at least one setting, as KEY=VALUE")
	}
	if a.User != "" {
		return p.setUserPolicy(a)
	}
	of := map[authn.FamilyName][]authn.Setting{}
	for _, s := range a.Settings {
		switch f, _ := s.Key.Cut(); f {
		case authn.FamilyEncap, authn.FamilyOneSpan:
			of[f] = append(of[f], s)
		default: // which says that there is no such setting
			of[authn.FamilyHYPR] = append(of[authn.FamilyHYPR], s)
		}
	}
	// A refusal keeps what was written, so no family may write before every
	// other was asked.
	var stored []authn.SettingView
	for _, keep := range []bool{false, true} {
		for _, family := range []authn.FamilyName{authn.FamilyHYPR, authn.FamilyEncap, authn.FamilyOneSpan} {
			if len(of[family]) == 0 {
				continue
			}
			views, err := p.changeSettings(family, of[family], keep)
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

// changeSettings judges settings of one family, and keeps them if asked to. It
// gives all settings of the family as they are then.
func (p *pass) changeSettings(family authn.FamilyName, changes []authn.Setting, keep bool) (views []authn.SettingView, err error) {
	switch family {
	case authn.FamilyEncap:
		settings, failed := p.encapServer().Settings()
		if err = failed; err == nil {
			settings, err = settings.With(changes)
			views = settings.View()
		}
		if err == nil && keep {
			_, err = p.encapServer().Set(changes)
		}
	case authn.FamilyOneSpan:
		settings, failed := p.onespanServer().Settings()
		if err = failed; err == nil {
			settings, err = settings.With(changes)
			views = settings.View()
		}
		if err == nil && keep {
			_, err = p.onespanServer().Set(changes)
		}
	default:
		settings, failed := p.server().Settings()
		if err = failed; err == nil {
			settings, err = settings.With(changes)
			views = settings.View()
		}
		if err == nil && keep {
			_, err = p.server().Set(changes)
		}
	}
	return views, err
}

// setUserPolicy returns a user settings of his own (O6).
func (p *pass) setUserPolicy(a authn.SetPolicy) error {
	if err := p.userExists(a.User); err != nil {
		return err
	}
	if err := p.onespanServer().SetUser(a.User, a.Settings); err != nil {
		return err
	}
	settings, err := p.onespanServer().Settings()
	if err != nil {
		return err
	}
	for _, s := range a.Settings {
		// "default" is a value of a user's own setting alone.
		if changed, err := settings.With([]authn.Setting{s}); err == nil {
			s = asStored(s, changed.View())
		}
		p.policySet(s, a.User)
	}
	return nil
}

// policySet leaves the event of a setting that was changed, for one user or
// for all.
func (p *pass) policySet(s authn.Setting, user string) {
	fields, subject, rule := map[string]any{"key": string(s.Key), "value": strings.TrimSpace(s.Value)}, string(s.Key), authn.RuleID("")
	if user != "" {
		fields["user"], subject, rule = user, user, "O6"
	}
	p.happened(authn.SiteServer, authn.EventPolicySet, subject, rule, fields)
}

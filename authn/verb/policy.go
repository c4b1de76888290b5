package verb

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// Policy lists the settings of every family as a new server has them.
func Policy() []authn.SettingView {
	return slices.Concat(hypr.DefaultSettings().View(), encap.DefaultSettings().View(), onespan.DefaultSettings().View())
}

// JudgePolicy reports whether a new server would take these settings, all in one
// go: a *authn.Refusal where the product accepts no such value, a *authn.Fault
// where it is none at all or the key is unknown.
func JudgePolicy(settings []authn.Setting) error {
	of := map[authn.FamilyName][]authn.Setting{}
	for _, s := range settings {
		switch f, _ := s.Key.Cut(); f {
		case authn.FamilyEncap, authn.FamilyOneSpan:
			of[f] = append(of[f], s)
		default: // which says that there is no such setting
			of[authn.FamilyHYPR] = append(of[authn.FamilyHYPR], s)
		}
	}
	if _, err := encap.DefaultSettings().With(of[authn.FamilyEncap]); err != nil {
		return err
	}
	if _, err := onespan.DefaultSettings().With(of[authn.FamilyOneSpan]); err != nil {
		return err
	}
	_, err := hypr.DefaultSettings().With(of[authn.FamilyHYPR])
	return err
}

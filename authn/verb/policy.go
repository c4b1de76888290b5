package verb

import (
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
)

// Policy lists the settings of every family as a new server has them.
func Policy() []authn.SettingView {
	return append(hypr.DefaultSettings().View(), encap.DefaultSettings().View()...)
}

// JudgePolicy says whether a new server would take these settings, all in one
// go: a *authn.Refusal where the product accepts no such value, a *authn.Fault
// where it is none at all or the key is unknown.
func JudgePolicy(settings []authn.Setting) error {
	var forEncap, forHYPR []authn.Setting
	for _, s := range settings {
		if strings.HasPrefix(s.Key, string(authn.FamilyEncap)+".") {
			forEncap = append(forEncap, s)
		} else {
			forHYPR = append(forHYPR, s)
		}
	}
	if _, err := encap.DefaultSettings().With(forEncap); err != nil {
		return err
	}
	_, err := hypr.DefaultSettings().With(forHYPR)
	return err
}

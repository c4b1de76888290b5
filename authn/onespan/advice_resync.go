package onespan

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// assignAnew names the phone that can have an authenticator: the one that has
// none, or where that was replaced, the one in its place.
func assignAnew(s family.Sites, phone string, r *authn.Refusal) error {
	if r.Code != CodeNoAuthenticator {
		return nil
	}
	heir, err := family.Heir(s, phone)
	r.Hints = []string{"offauth admin authenticator assign " + heir + " --type time"}
	return err
}

// adviseResync says what else brings an authenticator back that two consecutive
// codes do not (A4): another Digipass, a clock that is right, or newer codes.
func (c *complaint) adviseResync(phone string) error {
	if c.Code != CodeWrongCode {
		return assignAnew(c, phone, c.Refusal)
	}
	rec, err := c.Device(authn.Phone(phone))
	if err != nil {
		return err
	}
	c.user, c.judge = rec.User, authn.SiteServer
	all, err := c.carriers(c.judge)
	for _, of := range all {
		off := c.Skew(authn.Phone(phone)) - c.Skew(c.judge)
		switch {
		case of.phone != phone:
		case of.Type == EventBased && !of.Findable(of.shows):
			c.Message += fmt.Sprintf("; the Digipass has run too far ahead to be found: it has shown %d codes since the last "+
				"that the server knows of", of.shows-of.Next)
			c.Hints = []string{"offauth admin authenticator assign " + phone + " --type event"}
		case of.Type == TimeBased && off.Abs()+of.Step > ResyncReach:
			c.Hints = []string{"offauth admin authenticator resync " + phone}
			family.BlameClocks(c, c.Refusal, authn.Phone(phone), c.judge)
		default:
			c.Hints = c.nextCode(of)
		}
	}
	return err
}

package sim

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// assignAnew names the phone that can have an authenticator: the one that has
// none, or where that was replaced, the one in its place.
func (p *pass) assignAnew(phone string, r *authn.Refusal) error {
	if r.Code != onespan.CodeNoAuthenticator {
		return nil
	}
	heir, err := p.heir(phone)
	r.Hints = []string{"offauth admin authenticator assign " + heir + " --type time"}
	return err
}

// adviseResync says what else brings an authenticator back that two consecutive
// codes do not (A4): another Digipass, a clock that is right, or newer codes.
func (c *complaint) adviseResync(phone string) error {
	if c.Code != onespan.CodeWrongCode {
		return c.assignAnew(phone, c.Refusal)
	}
	rec, err := c.device(phone)
	if err != nil {
		return err
	}
	c.user, c.judge = rec.User, authn.SiteServer
	all, err := c.carriers(c.judge)
	for _, of := range all {
		off := c.net.skew(authn.Phone(phone)) - c.net.skew(c.judge)
		switch {
		case of.phone != phone:
		case of.Type == onespan.EventBased && !of.Findable(of.shows):
			c.Message += fmt.Sprintf("; the Digipass has run too far ahead to be found: it has shown %d codes since the last "+
				"that the server knows of", of.shows-of.Next)
			c.Hints = []string{"offauth admin authenticator assign " + phone + " --type event"}
		case of.Type == onespan.TimeBased && off.Abs()+of.Step > onespan.ResyncReach:
			c.Hints = []string{"offauth admin authenticator resync " + phone}
			c.blameClocks(c.Refusal, authn.Phone(phone), c.judge)
		default:
			c.Hints = c.nextCode(of)
		}
	}
	return err
}

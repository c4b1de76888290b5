package onespan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// advise adds to a refusal what the side that refused cannot know:
// whose clock or counter is off, that the try locked the user at the server, and
// whether an online logon brings data at all.
func advise(s family.Sites, a authn.Action, r *authn.Refusal) (err error) {
	c := refusedLogon{Sites: s, Refusal: r}
	switch a := a.(type) {
	case Logon:
		c.user, c.ws = a.User, a.Workstation
	case Update:
		c.user, c.ws = a.User, a.Workstation
	case OTP:
		return adviseAssign(s, a.Phone, r)
	case Resync:
		return c.adviseResync(a.Phone)
	default:
		return nil
	}
	c.judge = JudgedBy(r, c.ws)
	switch r.Code {
	case CodeWrongCode, CodeReplayed:
		err = c.explainCode()
	case CodeDataExpired:
		family.BlameClocks(s, r, authn.Workstation(c.ws), authn.SiteServer)
	case CodeNotCovered:
		err = c.explainCover()
	case CodeNoData, CodeOfflineDisabled:
		err = c.explainWithheld()
	case CodeDataLocked:
		err = c.explainLock()
	case CodeNoAuthenticator:
		err = c.whereToAssign()
	}
	c.addFailures()
	c.reconnect()
	return err
}

// refusedLogon is a refused logon or update.
type refusedLogon struct {
	family.Sites
	*authn.Refusal
	user, ws string
	judge    authn.Site
}

// judgeName names the judge.
func (c *refusedLogon) judgeName() string {
	if c.judge == authn.SiteServer {
		return "the server"
	}
	return c.ws
}

// phoneAuthenticator is the judge's view of an authenticator, and its phone.
type phoneAuthenticator struct {
	Standing
	phone string
	// shows is the step or counter of the code that the phone shows next.
	shows uint64
}

// phoneAuthenticators finds the phones of the authenticators by which a side judged.
func (c *refusedLogon) phoneAuthenticators(judge authn.Site) ([]phoneAuthenticator, error) {
	standings, err := serverOf(c).Standings(c.user)
	if judge != authn.SiteServer {
		standings, err = workstationOf(c, c.ws).Standings(c.user)
	}
	if err != nil {
		return nil, err
	}
	devices, err := c.Devices()
	if err != nil {
		return nil, err
	}
	var all []phoneAuthenticator
	for _, s := range standings {
		for _, d := range devices {
			if d.Site.Role() != authn.RolePhone {
				continue
			}
			serial, shows, err := phoneOf(c, d.Site.Name()).Shows()
			if err != nil {
				return nil, err
			}
			if serial == s.Serial {
				all = append(all, phoneAuthenticator{s, d.Site.Name(), shows})
			}
		}
	}
	return all, nil
}

// explainCode adds why a one-time password is wrong: an authenticator is outside
// the window of its judge, or the code is mistyped or old.
func (c *refusedLogon) explainCode() error {
	all, err := c.phoneAuthenticators(c.judge)
	if err != nil || len(all) == 0 {
		return err
	}
	explained := false
	for _, of := range all {
		if of.Type == EventBased {
			explained = c.explainCounter(of)
		} else {
			explained, err = c.explainClock(of)
		}
		if explained || err != nil {
			return err
		}
	}
	if c.Fields["skew"] != nil {
		c.Message += "; no clock is off by that, so it is an old one"
	}
	c.Hints = c.nextCode(all[0])
	return nil
}

// nextCode returns the commands for a code of a phone that is newer than every
// used code.
func (c *refusedLogon) nextCode(of phoneAuthenticator) []string {
	otp := "offauth device otp --phone " + of.phone
	if of.Type == EventBased || of.shows >= of.Next {
		return []string{otp}
	}
	due := time.Unix(int64(of.Next)*int64(of.Step/time.Second), 0).Sub(c.Host(authn.Phone(of.phone)).Env.Now())
	due = (due + time.Second - 1).Truncate(time.Second)
	return []string{"the next one-time password comes in " + authn.SpanText(due) + ": `offauth clock advance " +
		due.String() + "`", otp}
}

// explainClock adds whose clock is off, if the authenticator is outside the
// judge's window, or not yet past the last used code (O24, O47). It reports
// whether it explained the refusal.
func (c *refusedLogon) explainClock(of phoneAuthenticator) (bool, error) {
	phone := authn.Phone(of.phone)
	off := c.Skew(phone) - c.Skew(c.judge)
	outside := (off - of.Drift).Abs() > of.Reach()
	behind := c.Code == CodeReplayed && of.shows < of.Next && off < 0
	if !outside && !behind {
		return false, nil
	}
	resync := []string{"offauth admin authenticator resync " + of.phone}
	if c.judge != authn.SiteServer {
		known, err := c.knownDrift(of.Serial)
		if err != nil {
			return false, err
		}
		switch {
		case (c.Skew(phone) - c.Skew(authn.SiteServer) - known).Abs() > of.Reach():
			resync = append(resync, "then one online logon: `offauth workstation login "+c.ws+"`")
		case known == of.Drift: // so it is the clock here
			resync = []string{"offauth workstation login " + c.ws}
		default:
			resync = []string{"the server knows how far off it is; an online logon brings that here: " +
				"`offauth workstation login " + c.ws + "`"}
		}
	}
	if behind {
		c.Hints = c.nextCode(of)
	} else {
		c.Hints = resync
	}
	if off == 0 {
		c.Message += fmt.Sprintf("; %s counts on the clock of %s to be off by %s, as it was, and it is right", c.judgeName(),
			of.phone, authn.SpanText(of.Drift))
		return true, nil
	}
	family.BlameClocks(c, c.Refusal, phone, c.judge)
	if clocks := c.Hints[:len(c.Hints)-len(resync)]; of.Drift != 0 && !behind && c.Skew(c.judge) == 0 {
		c.Hints = append(resync, clocks...) // a clock that is right is not what is counted on either
	}
	return true, nil
}

// knownDrift returns the drift of an authenticator in the server's record.
func (c *refusedLogon) knownDrift(serial string) (time.Duration, error) {
	all, err := serverOf(c).Standings(c.user)
	if i := slices.IndexFunc(all, func(s Standing) bool { return s.Serial == serial }); err == nil && i >= 0 {
		return all[i].Drift, nil
	}
	return 0, err
}

// explainCounter adds that an event-based authenticator has run ahead, and
// reports whether it has. One more code would only move it further.
func (c *refusedLogon) explainCounter(of phoneAuthenticator) bool {
	if c.Code != CodeWrongCode || of.shows <= of.Next+uint64(of.Window) {
		return false
	}
	c.Message += fmt.Sprintf("; the Digipass of %s has run ahead: it has shown %d codes since the last that %s knows "+
		"of, which tries %d",
		of.phone, of.shows-of.Next, c.judgeName(), of.Window)
	c.Hints = []string{"offauth admin authenticator resync " + of.phone}
	if !of.Findable(of.shows) {
		c.Hints = []string{"offauth admin authenticator assign " + of.phone + " --type event"}
	}
	if c.judge != authn.SiteServer {
		c.Hints = append(c.Hints, "then one online logon: `offauth workstation login "+c.ws+"`")
	}
	return true
}

// explainCover adds which clocks are off: that of the workstation, whose time the
// data does not cover, or that of the phone, which shows codes of that time.
func (c *refusedLogon) explainCover() error {
	sites := []authn.Site{authn.Workstation(c.ws), authn.SiteServer}
	all, err := c.phoneAuthenticators(c.judge)
	for _, of := range all {
		sites = append(sites, authn.Phone(of.phone))
	}
	family.BlameClocks(c, c.Refusal, sites...)
	return err
}

// explainWithheld adds that an online logon brings no data while the server makes
// none.
func (c *refusedLogon) explainWithheld() error {
	reason, commands, err := serverOf(c).Withheld(c.user)
	if err != nil || reason == "" {
		return err
	}
	if c.Code == CodeOfflineDisabled {
		c.Hints = commands
		return nil
	}
	why := "offline authentication is not enabled for " + c.user + " (O1)"
	if reason == ReasonBackend {
		why = "Back-End Authentication is not always (O3)"
	}
	c.Message += "; an online logon brings none either while " + why
	c.Hints = append(commands, c.Hints...)
	return nil
}

// explainLock adds that the administrator has ended the lock already.
func (c *refusedLogon) explainLock() error {
	done, err := serverOf(c).Pardoned(c.user, workstationOf(c, c.ws))
	if err != nil || !done {
		return err
	}
	c.Message += "; the server's record was deleted since, so the next online logon brings new data"
	c.Hints = []string{family.LookAtLines, "offauth workstation login " + c.ws}
	return nil
}

// whereToAssign hints at a phone for a user without an authenticator.
func (c *refusedLogon) whereToAssign() error {
	phones, err := family.Phones(c, c.user)
	c.Hints = []string{"offauth device register PHONE --user " + c.user}
	if len(phones) > 0 {
		c.Hints = []string{"offauth admin authenticator assign " + phones[len(phones)-1].Site.Name() + " --type time"}
	}
	return err
}

// addFailures adds, for helpdesk and not the user, which wrong try in a row it
// was, and that it locked the user at the server (O44).
func (c *refusedLogon) addFailures() {
	for _, e := range c.NewEvents() {
		switch {
		case e.Site != authn.SiteServer || e.Subject != c.user:
		case e.Kind == EventFailureCounted:
			c.Fields["failures"] = e.Fields["failures"]
		case e.Kind == EventUserLocked:
			c.Fields[authn.FieldLocked] = true
			c.Message += fmt.Sprintf("; that was wrong try %d in a row, and %s is locked at the server now",
				e.Fields["failures"], c.user)
			c.Hints = append([]string{"offauth admin user unlock " + c.user}, c.Hints...)
		}
	}
}

// reconnect replaces the hint that shows the links by commands that set them up.
func (c *refusedLogon) reconnect() {
	var cut []string
	for _, site := range family.CutOff(c, authn.SiteServer, authn.Workstation(c.ws)) {
		cut = append(cut, family.LinkUp(site))
	}
	i := slices.IndexFunc(c.Hints, func(h string) bool {
		return strings.Contains(h, "offauth workstation login "+c.ws) || h == family.LookAtLines
	})
	if len(cut) == 0 || i < 0 || c.judge == authn.SiteServer {
		return
	}
	c.Hints = slices.DeleteFunc(slices.Insert(slices.Clone(c.Hints), i, cut...),
		func(h string) bool { return h == family.LookAtLines })
}

// adviseAssign hints at the phone to assign an authenticator to: the phone
// itself, or the one that replaced it.
func adviseAssign(s family.Sites, phone string, r *authn.Refusal) error {
	if r.Code != CodeNoAuthenticator {
		return nil
	}
	heir, err := family.Heir(s, phone)
	r.Hints = []string{"offauth admin authenticator assign " + heir + " --type time"}
	return err
}

// adviseResync hints at what helps when two consecutive codes do not (A4):
// another Digipass, setting the clock, or newer codes.
func (c *refusedLogon) adviseResync(phone string) error {
	if c.Code != CodeWrongCode {
		return adviseAssign(c, phone, c.Refusal)
	}
	rec, err := c.Device(authn.Phone(phone))
	if err != nil {
		return err
	}
	c.user, c.judge = rec.User, authn.SiteServer
	all, err := c.phoneAuthenticators(c.judge)
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

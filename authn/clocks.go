package authn

import "time"

// ClockOff is a site's clock that is off the world's: ahead of it, or behind
// where By is negative.
type ClockOff struct {
	Site Site
	By   time.Duration
}

// String says whose clock is off and by how much.
func (c ClockOff) String() string {
	whose := c.Site.Name()
	if c.Site == SiteServer {
		whose = "the server"
	}
	way := "ahead"
	if c.By < 0 {
		way = "behind"
	}
	return whose + "'s clock is " + SpanText(c.By.Abs()) + " " + way
}

// Repair is the command that sets the clock right.
func (c ClockOff) Repair() string { return "offauth clock skew " + string(c.Site) + " 0s" }

package authn

import "time"

// ClockOff is the skew of a site's clock: how far it is ahead of the world's
// clock, or behind it if By is negative.
type ClockOff struct {
	Site Site
	By   time.Duration
}

// String returns the skew as a phrase, such as "LAPTOP-7's clock is 5m ahead".
func (c ClockOff) String() string {
	owner := c.Site.Name()
	if c.Site == SiteServer {
		owner = "the server"
	}
	way := "ahead"
	if c.By < 0 {
		way = "behind"
	}
	return owner + "'s clock is " + SpanText(c.By.Abs()) + " " + way
}

// Repair returns the command that removes the skew.
func (c ClockOff) Repair() string { return "offauth clock skew " + string(c.Site) + " 0s" }

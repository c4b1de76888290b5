package bigpin

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/offauth/offauth/authn"
)

// Card is the content of a phone's screen with a PIN.
type Card struct {
	// Workstation is the computer that the PIN is for, Phone the phone that
	// shows it.
	Workstation, Phone string
	PIN                authn.Secret
	// Left of Of PINs of the set can still be shown after this one.
	Left, Of int
	// The PIN is visible from ShownAt until HiddenAt (rule H18). ExpiresAt is the end of
	// its set; the zero time is not shown.
	ShownAt, HiddenAt, ExpiresAt time.Time
	// Same is true if the PIN was shown before and nothing was spent (rule H19).
	// Low is true if the phone warns (rule H28).
	Same, Low bool
	// Used is true if it is the same PIN and has unlocked the workstation. A
	// phone cannot know that (rule H20), only a simulator can.
	Used bool
	// Frozen is true if the phone's clock is stopped.
	Frozen bool
}

// End returns the time at which the PIN is hidden: at the display timeout, or when the
// set expires if that is earlier (rule H18).
func (c Card) End() time.Time {
	if !c.ExpiresAt.IsZero() && c.ExpiresAt.Before(c.HiddenAt) {
		return c.ExpiresAt
	}
	return c.HiddenAt
}

// text returns the PIN in clear. It has the only call of Secret.Reveal in this
// package; the result is drawn and never kept.
func (c Card) text() string { return c.PIN.Reveal() }

func (c Card) title() string { return "PIN for " + printable(c.Workstation) }

func (c Card) source() string {
	if c.Phone == "" {
		return ""
	}
	return "on the phone " + printable(c.Phone)
}

// again returns the notice for a PIN that was shown before.
func (c Card) again() string {
	switch {
	case !c.Same:
		return ""
	case c.Used:
		return "Same PIN as before. Simulator: it was used already. --next gives the next"
	}
	return "Same PIN as before, nothing spent. --next gives the next"
}

func (c Card) stock() string {
	if c.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d PINs left", c.Left, c.Of)
}

// warning returns the phone's warning in words, as colour may be missing.
func (c Card) warning() string {
	const remedy = "An online login brings new ones."
	switch {
	case !c.Low:
		return ""
	case c.Left == 0:
		return "Warning: this is the last PIN. " + remedy
	case c.Left == 1:
		return "Warning: only 1 PIN left. " + remedy
	default:
		return fmt.Sprintf("Warning: only %d PINs left. %s", c.Left, remedy)
	}
}

func (c Card) expiry(at time.Time) string {
	if c.ExpiresAt.IsZero() {
		return ""
	}
	return fmt.Sprintf("valid for %s, until %s", span(c.ExpiresAt.Sub(at)), c.ExpiresAt.Format("2 Jan 2006 15:04 MST"))
}

// span formats a duration in its largest unit, rounded down: "6 days" means at
// least six.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return count(int(d/day), "day")
	case d >= time.Hour:
		return count(int(d/time.Hour), "hour")
	case d >= time.Minute:
		return count(int(d/time.Minute), "minute")
	default:
		return "less than a minute"
	}
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// printable removes control characters from a name.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
}

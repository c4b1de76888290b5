package sim

import (
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// netState is the uplinks that are not up, the clocks that are off, and the
// one-shot faults that wait.
type netState struct {
	Uplinks map[authn.Site]authn.Uplink  `json:"uplinks,omitempty"`
	Skews   map[authn.Site]time.Duration `json:"skews,omitempty"`
	Faults  []faultState                 `json:"faults,omitempty"`
}

type faultState struct {
	Kind    authn.FaultKind `json:"kind"`
	Message string          `json:"message"`
	Nth     int             `json:"nth"` // 1 is the next
}

func (n netState) uplink(site authn.Site) authn.Uplink {
	if state, ok := n.Uplinks[site]; ok {
		return state
	}
	return authn.Up
}

// carries reports whether a message gets through: over Bluetooth by that link
// alone, otherwise where both ends are up.
func (n netState) carries(m authn.Message) bool {
	if !m.Near {
		return n.uplink(m.From) == authn.Up && n.uplink(m.To) == authn.Up
	}
	phone, workstation := m.From, m.To
	if phone.Role() != authn.RolePhone {
		phone, workstation = m.To, m.From
	}
	return n.uplink(authn.Bluetooth(phone.Name(), workstation.Name())) == authn.Up
}

func (n netState) skew(site authn.Site) time.Duration { return n.Skews[site] }

func (n *netState) setSkew(site authn.Site, by time.Duration) {
	if n.Skews == nil {
		n.Skews = map[authn.Site]time.Duration{}
	}
	n.Skews[site] = by
	if by == 0 {
		delete(n.Skews, site)
	}
}

func (p *pass) saveNet() error { return p.save(authn.SiteWorld, recordNet, p.net, nil) }

// setLink changes an uplink. A tap that waits is answered at once if the two
// sides can talk now.
func (p *pass) setLink(site authn.Site, state authn.Uplink) error {
	_, _, near := site.BluetoothEnds()
	if err := p.linkExists(site); err != nil {
		return err
	}
	if near && state == authn.Captive {
		return badArgument("a Bluetooth link is up or down")
	}
	if state != authn.Up && state != authn.Down && state != authn.Captive {
		return badArgument("an uplink is up, down or captive")
	}
	if p.net.Uplinks == nil {
		p.net.Uplinks = map[authn.Site]authn.Uplink{}
	}
	p.net.Uplinks[site] = state
	if state == authn.Up {
		delete(p.net.Uplinks, site)
	}
	p.happened(authn.SiteWorld, EventLinkSet, string(site), "", map[string]any{"state": string(state)})
	if err := p.saveNet(); err != nil {
		return err
	}
	if near {
		return nil
	}
	if err := p.server().Flush(); err != nil {
		return err
	}
	if err := p.pump(); err != nil {
		return err
	}
	return p.networkChanged()
}

// linkExists reports whether there is such a site, or both ends of such a
// Bluetooth link.
func (p *pass) linkExists(site authn.Site) error {
	phone, workstation, near := site.BluetoothEnds()
	if !near {
		return p.siteExists(site)
	}
	return p.phoneAndComputer(phone, workstation)
}

// networkChanged lets every phone ask again for the taps that wait, and end the
// offers whose reason has ended (H48). Both have a timer, which names the phone.
func (p *pass) networkChanged() error {
	timers, err := p.allTimers()
	if err != nil {
		return err
	}
	asked := map[authn.Site]bool{}
	for _, t := range slices.Clone(timers) {
		if t.Kind != hypr.TimerOffer && t.Kind != hypr.TimerStands || asked[t.Site] {
			continue
		}
		asked[t.Site] = true
		reaches := func(ws string) bool { return len(p.cutOff(t.Site, authn.SiteServer, authn.Workstation(ws))) == 0 }
		if err := p.phone(t.Site.Name()).NetworkChanged(reaches); err != nil {
			return err
		}
		if err := p.pump(); err != nil {
			return err
		}
	}
	return nil
}

// cutOff tells which of these sites cannot talk.
func (p *pass) cutOff(sites ...authn.Site) []authn.Site {
	return slices.DeleteFunc(sites, func(site authn.Site) bool { return p.net.uplink(site) == authn.Up })
}

// setFault arms a one-shot fault.
func (p *pass) setFault(a authn.SetFault) error {
	if a.Kind != authn.Drop && a.Kind != authn.Replay && a.Kind != authn.Tamper {
		return badArgument("a fault is drop, replay or tamper")
	}
	if !slices.Contains(MessageKinds(), a.Message) {
		return &authn.Fault{Code: CodeNoMessage, Message: "no message is called " + quote(a.Message), Hints: []string{"offauth link fault --help"}}
	}
	if a.Nth < 1 || a.Nth > 1000 {
		return badArgument("a fault strikes the 1st to the 1000th next message")
	}
	p.net.Faults = append(p.net.Faults, faultState(a))
	p.happened(authn.SiteWorld, EventFaultSet, a.Message, "", map[string]any{"fault": string(a.Kind), "nth": number(a.Nth)})
	return p.saveNet()
}

// pump delivers the messages that are under way, and those that they bring
// about, until the line is quiet.
func (p *pass) pump() error {
	for len(p.queue) > 0 {
		if p.err != nil {
			return p.err
		}
		m := p.queue[0]
		p.queue = p.queue[1:]
		if !p.net.carries(m) {
			continue // lost; the sender does not learn of it
		}
		times, err := p.strike(&m)
		if err != nil {
			return err
		}
		for range times {
			if err := p.receive(m); err != nil {
				return err
			}
		}
	}
	return p.err
}

// strike lets the faults that wait for a message of this kind count it, and
// says how often it arrives.
func (p *pass) strike(m *authn.Message) (times int, err error) {
	times = 1
	left := p.net.Faults[:0:0]
	counted := false
	for _, f := range p.net.Faults {
		if f.Message != m.Kind {
			left = append(left, f)
			continue
		}
		counted = true
		if f.Nth--; f.Nth > 0 {
			left = append(left, f)
			continue
		}
		p.happened(authn.SiteWorld, authn.EventFaultStruck, m.Kind, "", map[string]any{"fault": string(f.Kind), "from": string(m.From), "to": string(m.To)})
		switch f.Kind {
		case authn.Drop:
			times = 0
		case authn.Replay:
			times *= 2
		case authn.Tamper:
			m.Body = slices.Clone(m.Body)
			m.Body[len(m.Body)/2] ^= 1
		}
	}
	if !counted {
		return times, nil
	}
	p.net.Faults = left
	return times, p.saveNet()
}

// MessageKinds lists the kinds of messages of every family.
func MessageKinds() []string {
	return slices.Concat(hypr.MessageKinds(), encap.MessageKinds(), onespan.MessageKinds())
}

// receive hands a message to the site that it is for.
func (p *pass) receive(m authn.Message) error {
	if slices.Contains(encap.MessageKinds(), m.Kind) {
		return p.receiveEncap(m)
	}
	if slices.Contains(onespan.MessageKinds(), m.Kind) {
		return p.receiveOneSpan(m)
	}
	switch m.To.Role() {
	case authn.RolePhone:
		return p.phone(m.To.Name()).Receive(m)
	case authn.RoleWorkstation:
		return p.workstation(m.To.Name()).Receive(m)
	}
	return p.server().Receive(m)
}

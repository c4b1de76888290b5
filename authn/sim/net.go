package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// netState holds the uplinks that are not up, the clock skews, and the pending
// one-shot faults.
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

// carries reports whether a message gets through: a Bluetooth message depends
// only on that link, another on the uplinks of both ends.
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

// setLink changes an uplink. A waiting tap is answered at once if the two sides
// are connected now.
func (p acts) setLink(site authn.Site, state authn.Uplink) error {
	_, _, near := site.BluetoothEnds()
	if err := p.linkExists(site); err != nil {
		return err
	}
	if near && state == authn.Captive {
		return authn.BadArgument("a Bluetooth link is up or down")
	}
	if state != authn.Up && state != authn.Down && state != authn.Captive {
		return authn.BadArgument("an uplink is up, down or captive")
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
	for _, f := range p.world.families {
		if f.On.UplinkSet == nil {
			continue
		}
		if err := f.On.UplinkSet(sites(p)); err != nil {
			return err
		}
	}
	return nil
}

// linkExists returns a Fault unless the site exists, or both ends of the
// Bluetooth link do.
func (p acts) linkExists(site authn.Site) error {
	phone, workstation, near := site.BluetoothEnds()
	if !near {
		return p.siteExists(site)
	}
	if _, err := p.device(authn.Phone(phone)); err != nil {
		return err
	}
	d, err := p.device(authn.Workstation(workstation))
	if err == nil && !p.world.byName[d.Family].Bluetooth {
		with, _ := p.world.first(func(f family.Family) bool { return f.Bluetooth })
		err = family.WrongClient(d, with.Name)
	}
	return err
}

// setFault schedules a one-shot fault.
func (p acts) setFault(a authn.SetFault) error {
	if a.Kind != authn.Drop && a.Kind != authn.Replay && a.Kind != authn.Tamper {
		return authn.BadArgument("a fault is drop, replay or tamper")
	}
	if _, ok := p.world.byMessage[a.Message]; !ok {
		return &authn.Fault{Code: CodeNoMessage, Message: "no message is called " + quote(a.Message),
			Hints: []string{"offauth link fault --help"}}
	}
	if a.Nth < 1 || a.Nth > 1000 {
		return authn.BadArgument("a fault strikes the 1st to the 1000th next message")
	}
	p.net.Faults = append(p.net.Faults, faultState(a))
	p.happened(authn.SiteWorld, EventFaultSet, a.Message, "",
		map[string]any{"fault": string(a.Kind), "nth": number(a.Nth)})
	return p.saveNet()
}

// pump delivers the queued messages, and those that they cause, until the queue
// is empty.
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

// strike counts a message against the pending faults of its kind, applies those
// that are due, and returns how often the message arrives.
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
		p.happened(authn.SiteWorld, authn.EventFaultStruck, m.Kind, "",
			map[string]any{"fault": string(f.Kind), "from": string(m.From), "to": string(m.To)})
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

// receive passes a message to its family.
func (p *pass) receive(m authn.Message) error {
	f, ok := p.world.byMessage[m.Kind]
	if !ok {
		return fmt.Errorf("sim: no such message: %s", m.Kind)
	}
	return f.Receive(sites{p}, m)
}

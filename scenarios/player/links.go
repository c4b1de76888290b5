package player

import (
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// linkEnd returns the site of a link's name: an actor's, or
// "bluetooth:PHONE,WORKSTATION".
func (p *Player) linkEnd(name string) (authn.Site, error) {
	if strings.HasPrefix(name, "bluetooth:") {
		return authn.Site(name), nil
	}
	a, err := p.actorNamed(name)
	return a.site(), err
}

// links makes the Actions of a link step, in the order of the file.
func (p *Player) links(n *syntax.Node) ([]authn.Action, error) {
	m, err := p.mapping(n)
	if err != nil {
		return nil, err
	}
	var actions []authn.Action
	for _, pair := range m.Pairs {
		var a authn.Action
		switch pair.Key {
		case "fault":
			a, err = p.fault(pair.Value)
		case "bluetooth":
			a, err = p.bluetooth(pair.Value)
		default:
			a, err = p.uplink(pair)
		}
		if err != nil {
			return nil, err
		}
		actions = append(actions, a)
	}
	return actions, nil
}

func (p *Player) uplink(pair syntax.Pair) (authn.Action, error) {
	site, err := p.linkEnd(pair.Key)
	if err != nil {
		return nil, err
	}
	to, err := p.text(pair.Value)
	return authn.SetLink{Site: site, State: authn.Uplink(to)}, err
}

// fault arms a one-shot fault: {drop: pin_set, nth: 1}.
func (p *Player) fault(n *syntax.Node) (authn.Action, error) {
	m, err := p.mapping(n)
	if err != nil {
		return nil, err
	}
	a := authn.SetFault{Nth: 1}
	for _, pair := range m.Pairs {
		if pair.Key == "nth" {
			v, err := p.value(pair.Value)
			if err != nil {
				return nil, err
			}
			nth, ok := v.(int64)
			if !ok {
				return nil, fmt.Errorf("nth must be a number, got %s", typeName(v))
			}
			a.Nth = int(nth)
			continue
		}
		a.Kind = authn.FaultKind(pair.Key)
		if a.Message, err = p.text(pair.Value); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// bluetooth sets the link between a phone and a workstation.
func (p *Player) bluetooth(n *syntax.Node) (authn.Action, error) {
	m, err := p.mapping(n)
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, pair := range m.Pairs {
		if words[pair.Key], err = p.text(pair.Value); err != nil {
			return nil, err
		}
	}
	for _, role := range []authn.Role{authn.RolePhone, authn.RoleWorkstation} {
		if words[string(role)] != "" {
			continue
		}
		only, err := p.only(role)
		if err != nil {
			return nil, err
		}
		words[string(role)] = only.name
	}
	return authn.SetLink{Site: authn.Bluetooth(words["phone"], words["workstation"]), State: authn.Uplink(words["state"])}, nil
}

// skews makes the Actions of a skew step: actor → {offset} or {set}.
func (p *Player) skews(n *syntax.Node) ([]authn.Action, error) {
	m, err := p.mapping(n)
	if err != nil {
		return nil, err
	}
	var actions []authn.Action
	for _, pair := range m.Pairs {
		a, err := p.actorNamed(pair.Key)
		if err != nil {
			return nil, err
		}
		by, err := p.offset(pair.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pair.Key, err)
		}
		actions = append(actions, authn.SkewClock{Site: a.site(), By: by})
	}
	return actions, nil
}

// offset is how far a clock is to be off.
func (p *Player) offset(n *syntax.Node) (time.Duration, error) {
	if set := n.Get("set"); set != nil {
		v, err := p.value(set)
		if err != nil {
			return 0, err
		}
		to, err := instant(v)
		return to.Sub(p.now), err
	}
	if offset := n.Get("offset"); offset != nil {
		n = offset
	}
	v, err := p.value(n)
	if err != nil {
		return 0, err
	}
	return span(v)
}

// mapping returns the node of a mapping, also where a reference stands for it.
func (p *Player) mapping(n *syntax.Node) (*syntax.Node, error) {
	v, err := p.shallow(n)
	if err != nil {
		return nil, err
	}
	m, ok := v.(*syntax.Node)
	if !ok || m.Kind != syntax.Map {
		return nil, fmt.Errorf("this must be a mapping, got %s", typeName(v))
	}
	return m, nil
}

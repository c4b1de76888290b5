package player

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/state"
)

// state returns what a path names in the world as it is now.
func (p *Player) state(path []string) (any, error) {
	role, name, rest := authn.RoleWorld, "", path
	if a, err := p.actorNamed(path[0]); err == nil {
		role, name, rest = a.role, a.name, path[1:]
	}
	row, names, ok := p.table.Find(role, rest)
	if !ok {
		return nil, fmt.Errorf("state has no path %s", dotted(path))
	}
	s, err := p.snapshot()
	if err != nil {
		return nil, err
	}
	v, ok := row.Get(s, name, names)
	if !ok {
		return nil, errAbsent
	}
	if v = plain(v); v == nil {
		return nil, errAbsent
	}
	return v, nil
}

// setting returns a setting of the policy as it stands, by its key without the
// family.
func (p *Player) setting(path []string) (any, error) {
	s, err := p.snapshot()
	if err != nil {
		return nil, err
	}
	key := string(p.in.Story.Family()) + "." + dotted(path)
	for _, v := range s.Policy {
		if v.Key == key {
			return state.Setting(v.Value), nil
		}
	}
	return nil, errAbsent
}

package sim

import "github.com/offauth/offauth/authn"

// shelf implements authn.Shelf for one site on a ledger.
type shelf struct {
	ledger *ledger
	site   authn.Site
}

var _ authn.Shelf = shelf{}

// Load implements authn.Shelf.
func (s shelf) Load(name string, public, secret any) (bool, error) {
	return s.ledger.load(s.site, name, public, secret)
}

// Save implements authn.Shelf.
func (s shelf) Save(name string, public, secret any) error {
	return s.ledger.save(s.site, name, public, secret)
}

// Remove implements authn.Shelf.
func (s shelf) Remove(name string) error { return s.ledger.remove(s.site, name) }

// Names implements authn.Shelf.
func (s shelf) Names(prefix string) ([]string, error) {
	keys, err := s.ledger.keys(s.site, prefix)
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	return names, err
}

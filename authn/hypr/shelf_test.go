package hypr_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/offauth/offauth/authn"
)

type record struct{ public, secret []byte }

// mapShelf is one site's part of a line's shelf.
type mapShelf struct {
	l    *line
	site authn.Site
}

func (s mapShelf) Load(name string, public, secret any) (bool, error) {
	if err := s.l.broken(); err != nil {
		return false, err
	}
	r, ok := s.l.shelf[s.site][name]
	if !ok {
		return false, nil
	}
	if public != nil {
		if err := json.Unmarshal(r.public, public); err != nil {
			return false, err
		}
	}
	if secret != nil && r.secret != nil {
		if err := json.Unmarshal(r.secret, secret); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s mapShelf) Save(name string, public, secret any) (err error) {
	if err := s.l.broken(); err != nil {
		return err
	}
	var r record
	if r.public, err = json.Marshal(public); err != nil {
		return err
	}
	if secret != nil {
		if r.secret, err = json.Marshal(secret); err != nil {
			return err
		}
	}
	if s.l.shelf[s.site] == nil {
		s.l.shelf[s.site] = map[string]record{}
	}
	s.l.shelf[s.site][name] = r
	return nil
}

func (s mapShelf) Remove(name string) error {
	if err := s.l.broken(); err != nil {
		return err
	}
	delete(s.l.shelf[s.site], name)
	return nil
}

func (s mapShelf) Names(prefix string) ([]string, error) {
	if err := s.l.broken(); err != nil {
		return nil, err
	}
	names := []string{}
	for name := range s.l.shelf[s.site] {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}

// publicHalves returns all unencrypted data: the public halves of records, and
// the events.
func (l *line) publicHalves() []byte {
	var b bytes.Buffer
	for site, records := range l.shelf {
		for name, r := range records {
			fmt.Fprintf(&b, "%s %s %s\n", site, name, r.public)
		}
	}
	for _, e := range l.events {
		fmt.Fprintf(&b, "%+v\n", e)
	}
	return b.Bytes()
}

var _ authn.Shelf = mapShelf{}

// broken returns an error for the call of the shelf that must fail.
func (l *line) broken() error {
	if l.breakAt == 0 {
		return nil
	}
	if l.breakAt--; l.breakAt == 0 {
		return errBroken
	}
	return nil
}

var errBroken = errors.New("the shelf broke")

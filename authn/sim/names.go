package sim

import (
	"reflect"
	"strings"

	"github.com/offauth/offauth/authn"
)

// roleUser is the role of users, who have names of their own beside the roles
// of sites.
const roleUser authn.Role = "user"

// spellings is the prefix of the records of names that are not in lower case,
// under the lower-case form by which they are found (A16).
const spellings = "name/"

// spelling is the original spelling of a name.
type spelling struct {
	Name string `json:"name"`
}

func spellingOf(role authn.Role, name string) string {
	return spellings + string(role) + "/" + authn.FoldName(name)
}

// spelled returns the original spelling of a name typed in any case, or "" if
// nothing has that name (A16).
func (d directory) spelled(role authn.Role, name string) (string, error) {
	for _, as := range []string{name, authn.FoldName(name)} {
		site, record := authn.Site(string(role)+"/"+as), deviceRecord
		if role == roleUser {
			site, record = authn.SiteServer, userRecords+as
		}
		if there, err := d.load(site, record, nil, nil); err != nil || there {
			return as, err
		}
	}
	var s spelling
	_, err := d.load(authn.SiteWorld, spellingOf(role, name), &s, nil)
	return s.Name, err
}

// taken returns the existing name that equals a new one apart from case, if
// any. A world that was made before A16 has no spellings, so it compares all
// names.
func (d directory) taken(role authn.Role, name string) (string, error) {
	if is, err := d.spelled(role, name); err != nil || is != "" {
		return is, err
	}
	site, prefix := authn.Site(""), deviceRecord
	if role == roleUser {
		site, prefix = authn.SiteServer, userRecords
	}
	keys, err := d.keys(site, prefix)
	for _, key := range keys {
		is := strings.TrimPrefix(key.Name, userRecords)
		if role != roleUser {
			is = key.Site.Name()
			if key.Name != deviceRecord || key.Site.Role() != role {
				continue
			}
		}
		if authn.SameName(is, name) {
			return is, nil
		}
	}
	return "", err
}

// spell stores the spelling of a new name, unless it is in lower case.
func (d directory) spell(role authn.Role, name string) error {
	if name == authn.FoldName(name) {
		return nil
	}
	return d.save(authn.SiteWorld, spellingOf(role, name), spelling{name}, nil)
}

// unspell deletes the spelling of a name that stays unused.
func (d directory) unspell(role authn.Role, name string) error {
	return d.remove(authn.SiteWorld, spellingOf(role, name))
}

// named maps the fields of Actions that hold names to the roles of what they
// name.
var named = map[string]authn.Role{
	"User": roleUser, "Phone": authn.RolePhone, "Workstation": authn.RoleWorkstation, "Provider": authn.RoleProvider,
	"Old": authn.RolePhone,
}

// spelledOut returns an Action with its names in their original spelling.
// Unknown names are unchanged; the lookup reports them.
func (d directory) spelledOut(a authn.Action) (authn.Action, error) {
	given := reflect.ValueOf(a)
	if given.Kind() != reflect.Struct {
		return a, nil
	}
	v := reflect.New(given.Type()).Elem()
	v.Set(given)
	for i := range v.NumField() {
		field, role := v.Field(i), named[v.Type().Field(i).Name]
		if _, ok := a.(authn.UnlockUser); ok {
			role = roleUser // its only field
		}
		switch {
		case field.Type() == reflect.TypeFor[authn.Site]():
			site, err := d.spelledSite(authn.Site(field.String()))
			if err != nil {
				return nil, err
			}
			field.SetString(string(site))
		case role != "" && field.Kind() == reflect.String && field.String() != "":
			name, err := d.spelled(role, field.String())
			if err != nil {
				return nil, err
			}
			if name != "" {
				field.SetString(name)
			}
		}
	}
	return v.Interface().(authn.Action), nil
}

// spelledSite returns the original spelling of a site, or of both ends of a
// Bluetooth link.
func (d directory) spelledSite(site authn.Site) (authn.Site, error) {
	one := func(role authn.Role, name string) (string, error) {
		is, err := d.spelled(role, name)
		if err != nil || is == "" {
			return name, err
		}
		return is, nil
	}
	if phone, ws, near := site.BluetoothEnds(); near {
		phone, err := one(authn.RolePhone, phone)
		if err != nil {
			return site, err
		}
		ws, err := one(authn.RoleWorkstation, ws)
		return authn.Bluetooth(phone, ws), err
	}
	switch role := site.Role(); role {
	case authn.RolePhone, authn.RoleWorkstation, authn.RoleProvider:
		name, err := one(role, site.Name())
		return authn.Site(string(role) + "/" + name), err
	}
	return site, nil
}

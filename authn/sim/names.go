package sim

import (
	"reflect"
	"strings"

	"github.com/offauth/offauth/authn"
)

// roleUser stands for the directory beside the roles of sites: each has names of
// its own.
const roleUser authn.Role = "user"

// spellings holds, at the world, the names that are not written in lower case,
// under the lower-case form by which they are found (A16).
const spellings = "name/"

// spelling is a name as it was first written.
type spelling struct {
	Name string `json:"name"`
}

func spellingOf(role authn.Role, name string) string {
	return spellings + string(role) + "/" + authn.FoldName(name)
}

// spelled returns a name as it was first written, whatever the case in which it is
// typed now; it is empty if there is no such thing (A16).
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

// taken returns the name that a new one would differ from by case alone, or is. A
// world that was made before A16 keeps no spellings, so all names are looked at.
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

// spell keeps how a new name is written, if its lower-case form does not tell.
func (d directory) spell(role authn.Role, name string) error {
	if name == authn.FoldName(name) {
		return nil
	}
	return d.save(authn.SiteWorld, spellingOf(role, name), spelling{name}, nil)
}

// unspell forgets a name of which nothing came.
func (d directory) unspell(role authn.Role, name string) error {
	return d.remove(authn.SiteWorld, spellingOf(role, name))
}

// named gives the role of what a field of an Action names.
var named = map[string]authn.Role{
	"User": roleUser, "Phone": authn.RolePhone, "Workstation": authn.RoleWorkstation, "Provider": authn.RoleProvider,
	"Old": authn.RolePhone,
}

// spelledOut returns an Action with the names in it as they were first written. A
// name that nothing has stays, and whoever looks for it says so.
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
			role = roleUser // its one field
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

// spelledSite does so for a site, and for a Bluetooth link by its ends.
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

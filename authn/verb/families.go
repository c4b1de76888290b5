package verb

import (
	"slices"
	"strings"
	"sync"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// builtIn returns the families of the simulator. A new family is added here.
var builtIn = sync.OnceValue(func() []family.Family {
	return []family.Family{hypr.Family(), encap.Family(), onespan.Family()}
})

// registered has the families of tests.
var registered []family.Family

// Register adds a family to the built-in ones. A test calls it before anything
// reads the table, since readers may cache it.
func Register(f family.Family) {
	registered = append(registered, f)
	table.Store(nil)
}

// Families returns every family. Where several act, they act in this order.
func Families() []family.Family { return slices.Concat(builtIn(), registered) }

// Family returns the family with a name, or the zero Family if there is none.
func Family(name authn.FamilyName) family.Family {
	for _, f := range Families() {
		if f.Name == name {
			return f
		}
	}
	return family.Family{}
}

// Profiles returns the profiles of stories: every family and its variants.
func Profiles() []string {
	var all []string
	for _, f := range Families() {
		all = append(all, string(f.Name))
		for _, v := range f.Variants {
			all = append(all, string(f.Name)+"@"+v.Name)
		}
	}
	return all
}

// VariantSettings returns the settings of a profile.
func VariantSettings(profile string) []authn.Setting {
	name, variant, _ := strings.Cut(profile, "@")
	for _, v := range Family(authn.FamilyName(name)).Variants {
		if v.Name == variant {
			return slices.Clone(v.Settings)
		}
	}
	return nil
}

// Policy returns the default settings of every family.
func Policy() []authn.SettingView {
	var views []authn.SettingView
	for _, f := range Families() {
		if f.Policy.Defaults != nil {
			views = append(views, f.Policy.Defaults()...)
		}
	}
	return views
}

// JudgePolicy checks whether a new server would accept these settings together.
// It returns a *authn.Refusal for a value that the product does not accept, a
// *authn.Fault for an invalid value or an unknown key.
func JudgePolicy(settings []authn.Setting) error {
	of, err := family.ByFamily(Families(), settings)
	if err != nil {
		return err
	}
	for _, f := range Families() {
		if len(of[f.Name]) == 0 {
			continue
		}
		if err := f.Policy.Judge(of[f.Name]); err != nil {
			return err
		}
	}
	return nil
}

// MessageKinds returns the kinds of messages of every family.
func MessageKinds() []string {
	var kinds []string
	for _, f := range Families() {
		kinds = append(kinds, f.Messages...)
	}
	return kinds
}

// left returns the events of a verb of no family: its own, then those that the
// families add, then others, without duplicates.
func left(verb string, own []authn.Kind, others ...authn.Kind) []authn.Kind {
	kinds := slices.Clone(own)
	for _, f := range Families() {
		for _, k := range f.Leaves[verb] {
			if !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	return append(kinds, others...)
}

// withWorkstations returns the names of the families that have workstations.
func withWorkstations() []string {
	var names []string
	for _, f := range Families() {
		if _, ok := f.Enrolments[authn.RoleWorkstation]; ok {
			names = append(names, string(f.Name))
		}
	}
	return names
}

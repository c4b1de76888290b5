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

// builtIn has the families of the simulator. A new family is added here.
var builtIn = sync.OnceValue(func() []family.Family {
	return []family.Family{hypr.Family(), encap.Family(), onespan.Family()}
})

// registered are the families of tests.
var registered []family.Family

// Register adds a family to those that are built in. A test calls it before
// anything reads the table, which readers may keep.
func Register(f family.Family) { registered = append(registered, f) }

// Families returns every family; where several act, they do so in this order.
func Families() []family.Family { return slices.Concat(builtIn(), registered) }

// Family returns the family of a name, or the zero Family if there is none.
func Family(name authn.FamilyName) family.Family {
	for _, f := range Families() {
		if f.Name == name {
			return f
		}
	}
	return family.Family{}
}

// Profiles lists the profiles of stories: every family, and its variants.
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

// VariantSettings returns the settings that a profile stands for.
func VariantSettings(profile string) []authn.Setting {
	name, variant, _ := strings.Cut(profile, "@")
	for _, v := range Family(authn.FamilyName(name)).Variants {
		if v.Name == variant {
			return slices.Clone(v.Settings)
		}
	}
	return nil
}

// Policy lists the settings of every family as a new server has them.
func Policy() []authn.SettingView {
	var views []authn.SettingView
	for _, f := range Families() {
		if f.Policy.Defaults != nil {
			views = append(views, f.Policy.Defaults()...)
		}
	}
	return views
}

// JudgePolicy reports whether a new server would take these settings, all in one
// go: a *authn.Refusal where the product accepts no such value, a *authn.Fault
// where it is none at all or the key is unknown.
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

// MessageKinds lists the kinds of messages of every family.
func MessageKinds() []string {
	var kinds []string
	for _, f := range Families() {
		kinds = append(kinds, f.Messages...)
	}
	return kinds
}

// left returns what a verb of no family leaves: its own events, then those that
// the families add, then others. No kind is listed twice.
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

// withWorkstations lists the families that have workstations.
func withWorkstations() []string {
	var names []string
	for _, f := range Families() {
		if _, ok := f.Enrolments[authn.RoleWorkstation]; ok {
			names = append(names, string(f.Name))
		}
	}
	return names
}

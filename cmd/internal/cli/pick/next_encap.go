package pick

import (
	"context"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
)

// encapWorld is what decides on the next step towards a first one-time
// password: the policy, the provider, and one phone.
type encapWorld struct {
	snap                 authn.Snapshot
	phone                authn.PhoneView
	has                  []encap.Method // that the phone has
	allowed, authorising []encap.Method
	// flag names the phone where there are several.
	flag string
}

// NextEncap is the command that brings a world one step nearer to a first
// one-time password: with one phone, or the one that is furthest; granted is
// the method by which it has just authenticated online, or empty.
func NextEncap(snap authn.Snapshot, phone string, granted encap.Method) string {
	set := map[authn.SettingKey]string{}
	for _, s := range snap.Policy {
		set[s.Key] = s.Value
	}
	w := encapWorld{snap: snap, allowed: methodsIn(set[encap.KeyOfflineMethods]), authorising: methodsIn(set[encap.KeyAddMethods])}
	switch {
	case len(w.allowed) == 0 && set[encap.KeyOTPLength] == "unset":
		return "offauth admin policy set encap.offline.methods=OFFLINE,OFFLINE:PIN encap.otp.length=6"
	case len(w.allowed) == 0:
		return "offauth admin policy set encap.offline.methods=OFFLINE,OFFLINE:PIN"
	case set[encap.KeyOTPLength] == "unset":
		return "offauth admin policy set encap.otp.length=6"
	case len(snap.Users) == 0:
		return "offauth admin user add alice"
	case !w.choose(phone):
		return registerPhone(app.NamesOf(snap.Phones, phoneName), snap.Users[0].Name)
	}
	return w.nextOfPhone(granted)
}

// choose takes the phone of that name, else the first that has an offline
// method, else the first that is activated, else the first in use.
func (w *encapWorld) choose(name string) bool {
	phones := slices.DeleteFunc(slices.Clone(w.snap.Phones), func(p authn.PhoneView) bool { return p.ReplacedBy != "" })
	best := -1
	for _, p := range phones {
		var has []encap.Method
		if p.Encap != nil && p.Encap.Registration != "" {
			for _, m := range p.Encap.Methods {
				has = append(has, encap.Method(m))
			}
		}
		rank := len(has)
		if p.Name == name {
			rank = len(encap.Methods()) + 1
		}
		if rank > best {
			best, w.phone, w.has = rank, p, has
		}
	}
	if len(phones) > 1 {
		w.flag = " --phone " + w.phone.Name
	}
	return best >= 0
}

// nextOfPhone is the step of the phone: activate, authenticate, add a method,
// or scan what a provider asks.
func (w *encapWorld) nextOfPhone(granted encap.Method) string {
	if len(w.has) == 0 {
		return "offauth device activate" + w.flag
	}
	can := func(m encap.Method) bool { return slices.Contains(w.has, m) }
	missing := slices.IndexFunc(w.allowed, func(m encap.Method) bool {
		return !can(m) && (m.Platform() == "" || m.Platform() == w.phone.Platform)
	})
	usable := slices.IndexFunc(w.allowed, can)
	by := slices.IndexFunc(w.authorising, can)
	switch {
	case missing >= 0 && slices.Contains(w.authorising, granted):
		return "offauth device method add " + string(w.allowed[missing]) + w.flag
	case usable >= 0 && len(w.snap.Providers) == 0:
		return "offauth provider add bank"
	case usable >= 0:
		return "offauth provider challenge " + w.snap.Providers[0].Name + " --context 'Pay 120 EUR' --method " + string(w.allowed[usable]) + w.flag
	case missing < 0: // all that is allowed is another platform's
		allowed := append(MethodStrings(w.allowed), string(encap.Offline))
		return "offauth admin policy set encap.offline.methods=" + strings.Join(allowed, ",")
	case by < 0: // by none that the phone has: it is activated anew, with both
		return "offauth device activate" + w.flag
	case w.authorising[by] == encap.DevicePIN:
		return "offauth device auth" + w.flag
	}
	return "offauth device auth --method " + string(w.authorising[by]) + w.flag
}

// methodsIn reads the methods of a setting, in its order.
func methodsIn(value string) []encap.Method {
	var methods []encap.Method
	for word := range strings.SplitSeq(value, ",") {
		if m, err := encap.ParseMethod(word); err == nil {
			methods = append(methods, m)
		}
	}
	return methods
}

// NextAfter is nextEncap with the world as it is now.
func NextAfter(ctx context.Context, w *app.World, phone string, granted encap.Method) (string, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{})
	return NextEncap(snap, phone, granted), err
}

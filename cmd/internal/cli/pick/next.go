package pick

import (
	"context"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
)

// Concerned is what a command was about: its next step is about the same.
type Concerned struct {
	User, Phone, Workstation string
	Family                   authn.FamilyName
}

// Made reports a step of making a world, and names the next one.
func Made(ctx context.Context, d *app.Deps, w *app.World, about Concerned, out authn.Outcome, result any, lines ...string) error {
	snap, err := w.Snapshot(ctx, authn.Scope{})
	if err != nil {
		return err
	}
	return d.Print(app.Report{World: w.Name, Outcome: out, Result: result, Lines: lines, Next: NextStep(snap, about)})
}

// NextStep is the command that brings a world one step nearer to a first
// offline login, with what the last command was about.
func NextStep(snap authn.Snapshot, about Concerned) string {
	if i := app.IndexName(app.NamesOf(snap.Workstations, WorkstationName), about.Workstation); i >= 0 {
		about.Family = snap.Workstations[i].Family
	}
	switch {
	case about.Family == authn.FamilyEncap:
		return NextEncap(snap, "", "")
	case about.Family == authn.FamilyOneSpan && len(snap.Users) > 0:
		return nextOneSpanStep(snap)
	case len(snap.Users) == 0:
		return "offauth admin user add alice"
	case len(snap.Workstations) == 0 && isEncap(snap):
		return NextEncap(snap, "", "")
	case len(snap.Workstations) == 0:
		return "offauth workstation add LAPTOP-7 --family hypr"
	case !slices.ContainsFunc(snap.Workstations, func(w authn.WorkstationView) bool { return w.Family == authn.FamilyHYPR }):
		return nextOneSpanStep(snap)
	case !offlineEnabled(snap):
		return "offauth admin policy set hypr.offline.enabled=true"
	}
	return nextHYPRStep(snap, about)
}

// isEncap reports whether a world without workstations is one of Encap: it has
// a provider, an activated phone, or an offline method that is allowed.
func isEncap(snap authn.Snapshot) bool {
	return len(snap.Providers) > 0 ||
		slices.ContainsFunc(snap.Phones, func(p authn.PhoneView) bool { return p.Encap != nil }) ||
		slices.ContainsFunc(snap.Policy, func(s authn.SettingView) bool {
			return s.Key == encap.KeyOfflineMethods && s.Value != s.Default
		})
}

// offlineEnabled reads the administrator's switch.
func offlineEnabled(snap authn.Snapshot) bool {
	for _, s := range snap.Policy {
		if s.Key == hypr.KeyOffline {
			return s.Value == "true"
		}
	}
	return false
}

package sim

import (
	"context"

	"github.com/offauth/offauth/authn"
)

// AcceptRollback lets a world whose files were copied back go on (A14). What
// was spent since then is not known, so everything that could be spent once
// more goes: every PIN set, on both sides, every open session and operation,
// all offline data, and the one-time passwords up to now.
// Pairings and registrations stay: the next online login brings new PINs.
func AcceptRollback(ctx context.Context, w *World) (authn.Outcome, error) {
	return w.Apply(ctx, acceptRollback{})
}

// VerbRepair is the verb of AcceptRollback.
const VerbRepair = "world repair"

// acceptRollback is the Action behind it. It is not exported, because no
// front end may offer it but as the repair of a world that was refused.
type acceptRollback struct{}

// Verb implements authn.Action.
func (acceptRollback) Verb() string { return VerbRepair }

func (p *pass) acceptRollback() error {
	keys, err := p.keys("", recordDevice)
	if err != nil {
		return err
	}
	for _, key := range keys {
		var err error
		switch key.Site.Role() {
		case authn.RolePhone:
			if err = p.phone(key.Site.Name()).ForgetSets("rolled_back", "A14"); err == nil {
				err = p.encapPhone(key.Site.Name()).Forget("rolled_back", "A14")
			}
		case authn.RoleWorkstation:
			if err = p.workstation(key.Site.Name()).ForgetSets("rolled_back", "A14"); err == nil {
				err = p.onespanWorkstation(key.Site.Name()).Forget("rolled_back", "A14")
			}
		}
		if err != nil {
			return err
		}
	}
	if err := p.encapServer().Forget("rolled_back", "A14"); err != nil {
		return err
	}
	names, err := p.userNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := p.onespanServer().Forget(name, "rolled_back", "A14"); err != nil {
			return err
		}
	}
	p.happened(authn.SiteWorld, EventRollbackAccepted, string(authn.SiteWorld), "A14", nil)
	return nil
}

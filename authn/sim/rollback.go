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

// acceptRollback is the Action behind it. It is not exported, because no
// front end may offer it but as the repair of a world that was refused.
type acceptRollback struct{}

// Verb implements authn.Action.
func (acceptRollback) Verb() string { return authn.VerbRepair }

func (p acts) acceptRollback() error {
	keys, err := p.keys("", deviceRecord)
	if err != nil {
		return err
	}
	for _, key := range append(keys, authn.Key{Site: authn.SiteServer, Name: deviceRecord}) {
		for _, f := range p.world.families {
			if f.On.RolledBack == nil || key.Name != deviceRecord {
				continue
			}
			if err := f.On.RolledBack(sites(p), key.Site); err != nil {
				return err
			}
		}
	}
	p.happened(authn.SiteWorld, EventRollbackAccepted, string(authn.SiteWorld), "A14", nil)
	return nil
}

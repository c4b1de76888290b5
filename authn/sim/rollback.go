package sim

import (
	"context"

	"github.com/offauth/offauth/authn"
)

// AcceptRollback accepts a world after its files were restored from a backup
// (A14). It does not know what was spent since the backup, so it deletes
// everything that could be spent again: every PIN set on both sides, every open
// session and operation, and all offline data; and it invalidates the one-time
// passwords up to now. Pairings and registrations are kept: the next online
// login brings new PINs.
func AcceptRollback(ctx context.Context, w *World) (authn.Outcome, error) {
	return w.Apply(ctx, acceptRollback{})
}

// acceptRollback is the Action of AcceptRollback. It is not exported, because
// front ends may only offer it to repair a world that was refused.
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

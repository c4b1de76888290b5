package memory_test

import (
	"context"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/memory"
)

func TestMemoryStoreIsAStore(t *testing.T) {
	keystoretest.TestStore(t, keystoretest.Opener{
		Open: func(testing.TB) authn.Store { return memory.NewStore() },
	})
}

func TestAForkAndItsOriginGoTheirOwnWays(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	write := func(s authn.Store, seq uint64, name string) {
		t.Helper()
		err := s.Update(ctx, func(authn.Reader) (authn.Batch, error) {
			return authn.Batch{
				Put:    []authn.Record{{Site: authn.SiteServer, Name: name, Version: 1, Public: []byte("{}")}},
				Append: []authn.Event{{Seq: seq, Site: authn.SiteServer, Kind: authn.Kind(name), Result: "ok"}},
			}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	origin := memory.NewStore()
	for i, name := range []string{"a", "b", "c"} { // so that the array of events has room behind its end
		write(origin, uint64(i)+1, name)
	}
	fork := origin.Fork()
	write(origin, 4, "origin")
	write(fork, 4, "fork")
	for name, s := range map[string]authn.Store{"origin": origin, "fork": fork} {
		err := s.View(ctx, func(r authn.Reader) error {
			events, err := r.Events(authn.EventQuery{})
			if err != nil {
				return err
			}
			records, err := r.Records(authn.SiteServer, "")
			if err != nil {
				return err
			}
			if len(events) != 4 || string(events[3].Kind) != name || len(records) != 4 {
				t.Errorf("%s has %d events, the last %v, and %d records", name, len(events), events[len(events)-1].Kind,
					len(records))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

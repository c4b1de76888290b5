package qr_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// TestPicturesOfTheFieldAreRead takes 120 pictures as people met them, ten of
// each class, with OFFAUTH_LONG=1, else two of each: at least nine in ten are
// read, none wrongly, and in no class fewer than by zbarimg. The steps were
// chosen on another seed.
func TestPicturesOfTheFieldAreRead(t *testing.T) {
	needs(t, "zbarimg")
	if raced {
		t.Skip("the race detector costs minutes here and finds nothing: nothing runs at once")
	}
	each := 2
	if long() {
		each = 10
	}
	dir := t.TempDir()
	var order []string
	classes := map[string]*tally{}
	all := &tally{}
	for i, s := range fieldCorpus(t, 20264, each) {
		file := filepath.Join(dir, fmt.Sprintf("%03d.%s", i, s.ext))
		if err := os.WriteFile(file, s.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if classes[s.class] == nil {
			classes[s.class] = &tally{}
			order = append(order, s.class)
		}
		start := time.Now()
		found, err := qr.Read(bytes.NewReader(s.data), "", qr.Limits{})
		cost := time.Since(start)
		ours, zbars := err == nil && len(found) == 1 && found[0].Text == s.text, zbarFile(file) == s.text
		for _, n := range []*tally{classes[s.class], all} {
			n.pictures++
			if ours {
				n.ours++
			} else if err == nil {
				n.wrong++
			}
			if zbars {
				n.zbars++
			}
		}
		if !ours {
			t.Logf("%s %s is not read: %v (zbarimg: %v), %v", filepath.Base(file), s.class, err, zbars, cost)
		}
	}
	for _, name := range order {
		n := *classes[name]
		t.Logf("%-14s %+v", name, n)
		if n.ours < n.zbars {
			t.Errorf("%s: %d of %d, and zbarimg %d", name, n.ours, n.pictures, n.zbars)
		}
	}
	t.Logf("all            %+v", *all)
	if all.wrong > 0 || long() && all.pictures != 120 || 10*all.ours < 9*all.pictures {
		t.Errorf("%+v", *all)
	}
}

package qr_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// tally is how many of a class's pictures each program read.
type tally struct{ pictures, ours, zbars, wrong int }

// TestMoreIsReadThanByZbarimgAndNoneWrongly takes 200 pictures with
// OFFAUTH_LONG=1, else a fifth of each class. The steps were chosen on other
// seeds.
func TestMoreIsReadThanByZbarimgAndNoneWrongly(t *testing.T) {
	needs(t, "zbarimg")
	share := 0.2
	if long() {
		share = 1
	}
	dir := t.TempDir()
	var order []string
	classes := map[string]*tally{}
	all := &tally{}
	for i, s := range corpus(t, 20261, share) {
		file := filepath.Join(dir, fmt.Sprintf("%03d-%s.%s", i, s.class, s.ext))
		if err := os.WriteFile(file, s.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if classes[s.class] == nil {
			classes[s.class] = &tally{}
			order = append(order, s.class)
		}
		found, err := qr.Read(bytes.NewReader(s.data), "", qr.Limits{})
		ours, zbars := err == nil && len(found) == 1 && found[0].Text == s.text, zbarFile(file) == s.text
		for _, n := range []*tally{classes[s.class], all} {
			n.pictures++
			switch {
			case ours:
				n.ours++
			case err == nil:
				n.wrong++
			}
			if zbars {
				n.zbars++
			}
		}
		if zbars && !ours {
			t.Logf("zbarimg reads %s, we: %v", filepath.Base(file), err)
		}
	}
	for _, name := range order {
		t.Logf("%-9s %+v", name, *classes[name])
	}
	t.Logf("all       %+v", *all)
	if all.wrong > 0 || all.ours <= all.zbars || long() && all.pictures != 200 {
		t.Errorf("%+v", *all)
	}
}

// TestACleanScreenshotCostsHalfOfZbarimg compares medians of runs that take
// turns, so that what else the machine does meets both. What is measured is
// Read alone against zbarimg's process, as a person pays for it: ours has its
// own start besides, which docs/performance.md tells.
func TestACleanScreenshotCostsHalfOfZbarimg(t *testing.T) {
	needs(t, "zbarimg")
	if raced {
		t.Skip("the race detector costs time")
	}
	rounds := 2
	if long() {
		rounds = 15
	}
	for i, module := range []float64{2, 3, 4, 6} {
		s := screenshot(t, uint64(i), module)
		file := filepath.Join(t.TempDir(), "shot.png")
		if err := os.WriteFile(file, s.data, 0o600); err != nil {
			t.Fatal(err)
		}
		var ours, zbars []time.Duration
		for range rounds {
			start := time.Now()
			found, err := qr.Read(bytes.NewReader(s.data), "", qr.Limits{})
			ours = append(ours, time.Since(start))
			if err != nil || len(found) != 1 || found[0].Text != s.text {
				t.Fatalf("%v, %v", found, err)
			}
			start = time.Now()
			if zbarFile(file) != s.text {
				t.Logf("zbarimg does not read the screenshot with %v pixels a module", module)
			}
			zbars = append(zbars, time.Since(start))
		}
		slices.Sort(ours)
		slices.Sort(zbars)
		ratio := float64(ours[rounds/2]) / float64(zbars[rounds/2])
		t.Logf("%v pixels a module: %v against %v, ratio %.2f", module, ours[rounds/2], zbars[rounds/2], ratio)
		if ratio > 0.5 && long() { // a share in passing only tells
			t.Errorf("the screenshot with %v pixels a module costs %.2f of zbarimg", module, ratio)
		}
	}
}

// screenshot is a desktop with a code drawn pixel by pixel, as programs do.
func screenshot(t testing.TB, seed uint64, module float64) specimen {
	r := rand.New(rand.NewPCG(20262, seed))
	text := prefix + base32Text(r, 200)
	return specimen{text: text, data: look{module: module, desktop: true}.picture(t, r, text)}
}

func BenchmarkReadScreenshot(b *testing.B) {
	s := screenshot(b, 0, 4)
	for b.Loop() {
		if _, err := qr.Read(bytes.NewReader(s.data), "", qr.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

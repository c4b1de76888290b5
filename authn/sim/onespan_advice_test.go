package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// skew sets a site's clock skew.
func (s *stage) skew(site authn.Site, by time.Duration) {
	s.t.Helper()
	s.do(authn.SkewClock{Site: site, By: by})
}

// says checks that a refusal's message contains some words and that its first
// hint contains another text.
func says(t *testing.T, r *authn.Refusal, words, hint string) {
	t.Helper()
	if !strings.Contains(r.Message, words) || len(r.Hints) == 0 || r.Hints[0] != hint {
		t.Errorf("%q, hints %q; want %q, and first %q", r.Message, r.Hints, words, hint)
	}
}

// TestARefusedOneTimePasswordNamesTheClockThatIsOff: this holds for each of the
// three clocks, online and offline, and following the first hint makes the next
// one valid.
//
// Rules: O24, O47.
func TestARefusedOneTimePasswordNamesTheClockThatIsOffO24O47(t *testing.T) {
	for name, row := range map[string]struct {
		site    authn.Site
		by      time.Duration
		offline bool
		words   string
	}{
		"the workstation's, ahead": {station3, 2 * time.Hour, true,
			"that of 2h ago by the clock of DESKTOP-3; DESKTOP-3's clock is 2h ahead"},
		"the phone's, behind": {phone, -2 * time.Hour, false,
			"that of 2h ago by the clock of the server; pixel's clock is 2h behind"},
		"the phone's, offline": {phone, 2 * time.Hour, true,
			"a time 2h ahead of the clock of DESKTOP-3; pixel's clock is 2h ahead"},
		"the server's": {authn.SiteServer, 3 * time.Hour, false,
			"that of 3h ago by the clock of the server; the server's clock is 3h ahead"},
		"beyond what is looked at": {phone, 48 * time.Hour, false,
			"none of the authenticator at this time; pixel's clock is 2d ahead"},
	} {
		t.Run(name, func(t *testing.T) {
			s := desktop(t, onespan.TimeBased)
			s.in(s.nextOTP(), "online")
			s.wait(3 * time.Hour)
			if row.offline {
				s.link(station3, authn.Down)
			}
			s.skew(row.site, row.by)
			r := s.refused(logon(s.nextOTP()), "wrong_code", "O24")
			says(t, r, row.words, "offauth clock skew "+string(row.site)+" 0s")
			s.skew(row.site, 0)
			s.do(logon(s.nextOTP()))
		})
	}
}

// TestACodeThatWasNeverTypedIsNotToldAsUsed: it is older than the last one, and
// the refusal names the clock that is the cause.
//
// Rules: A2, O22, O24.
func TestACodeThatWasNeverTypedIsNotToldAsUsedO24(t *testing.T) {
	for _, mode := range []string{"online", "offline"} {
		t.Run(mode, func(t *testing.T) {
			s := desktop(t, onespan.TimeBased)
			s.in(s.nextOTP(), "online")
			if mode == "offline" {
				s.link(station3, authn.Down)
			}
			used := s.nextOTP()
			s.in(used, mode)
			r := s.refused(logon(used), "code_replayed", "A2")
			says(t, r, "was used before", "the next one-time password comes in 30s: `offauth clock advance 30s`")
			s.skew(phone, -5*time.Minute)
			r = s.refused(logon(s.otp()), "code_replayed", "O24")
			says(t, r, "older than the last one that was accepted", "offauth clock skew phone/pixel 0s")
			if strings.Contains(r.Message, "used before") || !strings.HasSuffix(r.Message, "; pixel's clock is 5m behind") ||
				r.Native != "201 code replay attempt" {
				t.Fatalf("%+v", r)
			}
			s.skew(phone, 0)
			s.in(s.nextOTP(), mode)
		})
	}
	t.Run("the world's clock set back", func(t *testing.T) {
		s := desktop(t, onespan.TimeBased)
		s.wait(time.Hour)
		s.in(s.nextOTP(), "online")
		s.do(authn.BackClock{By: 3 * time.Minute})
		r := s.refused(logon(s.otp()), "code_replayed", "O24")
		says(t, r, "older than the last", "the next one-time password comes in 3m 30s: `offauth clock advance 3m30s`")
		s.wait(210 * time.Second)
		s.in(s.otp(), "online")
	})
}

// TestADriftThatTheServerKnowsIsNotResynchronisedAgain.
//
// Rules: A4, O47, O54.
func TestADriftThatTheServerKnowsIsNotResynchronisedAgainO54(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	s.wait(time.Hour)
	s.skew(phone, -45*time.Minute)
	one := s.otp()
	if r := s.refused(logon(one), "wrong_code", "O24"); r.Hints[1] != "offauth admin authenticator resync pixel" {
		t.Fatalf("%q", r.Hints)
	}
	s.do(onespan.Resync{Phone: "pixel", Codes: authn.NewSecret(one + " " + s.nextOTP())})
	s.link(station3, authn.Down)
	r := s.refused(logon(s.nextOTP()), "wrong_code", "O24")
	if all := strings.Join(r.Hints, "\n"); strings.Contains(all, "resync") || !strings.Contains(all,
		"offauth link set workstation/DESKTOP-3 up\n") || !strings.Contains(all, "offauth workstation login DESKTOP-3") {
		t.Fatalf("%q", r.Hints)
	}
	s.link(station3, authn.Up)
	s.in(s.nextOTP(), "online")
	s.link(station3, authn.Down)
	s.in(s.nextOTP(), "offline")

	// Corrected, it is as far off in the other direction.
	s.skew(phone, 0)
	s.link(station3, authn.Up)
	r = s.refused(logon(s.nextOTP()), "wrong_code", "O24")
	says(t, r, "the server counts on the clock of pixel to be off by -45m", "offauth admin authenticator resync pixel")
}

// TestACounterThatRanAheadIsFoundAgain: one more wrong code would lock the
// user.
//
// Rules: A4, O22, O44.
func TestACounterThatRanAheadIsFoundAgainO22(t *testing.T) {
	s := desktop(t, onespan.EventBased)
	s.in(s.otp(), "online")
	for range 20 {
		s.otp()
	}
	r := s.refused(logon(s.otp()), "wrong_code", "O22")
	says(t, r,
		"the Digipass of pixel has run ahead: it has shown 21 codes since the last that the server knows of, which tries 20",
		"offauth admin authenticator resync pixel")
	s.refused(logon("xxxxxx"), "wrong_code", "O22")
	r = s.refused(logon("xxxxxx"), "wrong_code", "O22")
	says(t, r, "that was wrong try 3 in a row, and alice is locked at the server now", "offauth admin user unlock alice")
	if r.Fields["locked"] != true || r.Fields["failures"] != int64(3) || strings.Contains(r.Shown, "lock") {
		t.Fatalf("%+v", r)
	}
	s.do(authn.UnlockUser{Name: "alice"})
	s.do(onespan.Resync{Phone: "pixel", Codes: authn.NewSecret(s.otp() + " " + s.otp())})
	s.in(s.otp(), "online")
	for range 100 {
		s.otp()
	}
	says(t, s.refused(logon(s.otp()), "wrong_code", "O22"), "101 codes",
		"offauth admin authenticator assign pixel --type event")
	r = s.refused(onespan.Resync{Phone: "pixel", Codes: authn.NewSecret(s.otp() + " " + s.otp())}, "wrong_code", "A4")
	says(t, r, "too far ahead to be found", "offauth admin authenticator assign pixel --type event")
}

// TestAResynchronisationThatCannotSucceedSaysSo: beyond six hours the clock is
// wrong.
//
// Rules: A4, O47.
func TestAResynchronisationThatCannotSucceedSaysSoO47(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	resync := func() onespan.Resync {
		one := s.nextOTP()
		return onespan.Resync{Phone: "pixel", Codes: authn.NewSecret(one + " " + s.nextOTP())}
	}
	s.skew(phone, -7*time.Hour)
	r := s.refused(resync(), "wrong_code", "A4")
	says(t, r, "pixel's clock is 7h behind", "offauth clock skew phone/pixel 0s")
	if len(r.Hints) != 2 || r.Hints[1] != "offauth admin authenticator resync pixel" {
		t.Fatalf("%q", r.Hints)
	}
	s.skew(phone, 0)
	s.do(resync())
	says(t, s.refused(onespan.Resync{Phone: "pixel", Codes: authn.NewSecret("000000 000000")}, "wrong_code", "A4"),
		"not two consecutive", "the next one-time password comes in 30s: `offauth clock advance 30s`")
}

// TestWhatAnOnlineLogonBringsIsSaid: no data while the server makes none, and
// new data after a lock has ended.
//
// Rules: O1, O3, O6, O35, O38.
func TestWhatAnOnlineLogonBringsIsSaidO1O3O38(t *testing.T) {
	const command = "offauth admin policy set "
	for name, row := range map[string]struct{ offline, backend, own, hint string }{
		"neither": {"false", "none", "default",
			command + "onespan.offline.enabled=true onespan.backend.authentication=always"},
		"enabled":  {"true", "none", "default", command + "onespan.backend.authentication=always"},
		"back-end": {"false", "always", "default", command + "onespan.offline.enabled=true"},
		"her own":  {"true", "always", "false", command + "--user alice onespan.offline.enabled=true"},
	} {
		t.Run(name, func(t *testing.T) {
			s := desktop(t, onespan.TimeBased, setting("onespan.offline.enabled", row.offline),
				setting("onespan.backend.authentication", row.backend))
			s.do(authn.SetPolicy{User: "alice", Settings: []authn.Setting{setting("onespan.offline.enabled", row.own)}})
			s.in(s.nextOTP(), "online")
			s.link(authn.SiteServer, authn.Down)
			r := s.refused(logon(s.nextOTP()), "no_offline_data", "O16")
			says(t, r, "an online logon brings none either while", row.hint)
			if r.Hints[1] != "offauth link set server up" {
				t.Fatalf("%q", r.Hints)
			}
		})
	}
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	s.link(station3, authn.Down)
	s.wait(time.Minute)
	s.refused(logon("xxxxxx"), "wrong_code", "O24")
	s.refused(logon("xxxxxx"), "wrong_code", "O24")
	r := s.refused(logon("xxxxxx"), "data_locked", "O35")
	says(t, r, "wrong try 3 of 3 in a row: the one-time password is none of the authenticator at this time",
		"offauth admin offline-data delete alice --workstation DESKTOP-3")
	s.do(onespan.DeleteData{User: "alice"})
	r = s.refused(logon(s.nextOTP()), "data_locked", "O35")
	says(t, r, "the next online logon brings new data", "offauth link set workstation/DESKTOP-3 up")
	if r.Hints[1] != "offauth workstation login DESKTOP-3" || len(r.Hints) != 2 {
		t.Fatalf("%q", r.Hints)
	}
	s.link(station3, authn.Up)
	s.saw(s.in(s.nextOTP(), "online"), "data_issued")
}

// TestDataThatAWrongClockEndedSaysSo: the dates of the data are the server's,
// whatever the workstation's clock shows.
//
// Rules: A8, O25.
func TestDataThatAWrongClockEndedSaysSoO25(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	before := s.data()
	s.skew(station3, 22*day)
	if d := s.data(); !d.IssuedAt.Equal(before.IssuedAt) || !d.ExpiresAt.Equal(before.ExpiresAt) ||
		!d.DueAt.Equal(before.DueAt) {
		t.Fatalf("%+v was %+v", d, before)
	}
	s.link(station3, authn.Down)
	says(t, s.refused(logon(s.nextOTP()), "data_expired", "O25"), "; DESKTOP-3's clock is 22d ahead",
		"offauth clock skew workstation/DESKTOP-3 0s")
	s.skew(station3, 0)
	says(t, s.refused(logon(s.nextOTP()), "data_expired", "O25"), "expired when the clock of DESKTOP-3 had come to",
		"offauth link set workstation/DESKTOP-3 up")
}

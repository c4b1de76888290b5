package onespan

import (
	"math"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

// authenticator is the server's record of a Digipass; its secret half is
// digipassSecret.
type authenticator struct {
	User        string `json:"user"`
	Phone       string `json:"phone"`
	Type        Type   `json:"type"`
	Digits      int    `json:"digits"`
	StepSeconds int    `json:"step_seconds,omitempty"`
	// Next is the lowest unused step or counter. Those below Reported were used
	// offline, as a workstation reported (O21).
	Next     uint64 `json:"next"`
	Reported uint64 `json:"reported,omitempty"`
	// Drift is how many steps a time-based one was off at the last success
	// (O47).
	Drift int64 `json:"drift,omitempty"`
}

func (s Server) authenticator(serial string) (a authenticator, seed []byte, there bool, err error) {
	var secret digipassSecret
	there, err = s.Shelf.Load(authenticators+serial, &a, &secret)
	if err == nil && there && len(secret.Seed) < oath.MinSecret {
		err = authn.ErrDamaged
	}
	return a, secret.Seed, there, err
}

func (s Server) saveAuthenticator(serial string, a authenticator, seed []byte) error {
	return s.Shelf.Save(authenticators+serial, a, digipassSecret{Seed: seed})
}

// codes prepares the codes of an authenticator.
func (a authenticator) codes(seed []byte) (*oath.HOTP, error) {
	h, err := oath.NewHOTP(oath.SHA1, seed, a.Digits)
	if err != nil {
		return nil, authn.ErrDamaged
	}
	return h, nil
}

// ResyncReach is how far off a time-based authenticator is looked for: six
// hours, OneSpan's initial time window.
const ResyncReach = 6 * time.Hour

func (a authenticator) resyncSteps() int64 {
	return int64(ResyncReach/time.Second) / int64(a.StepSeconds)
}

// Resync resynchronises an authenticator by two consecutive codes (A4). The next
// logon brings new offline data.
func (s Server) Resync(cmd Resync) (ResyncResult, error) {
	h, err := s.holder(cmd.Phone)
	if err != nil {
		return ResyncResult{}, err
	}
	a, seed, there, err := s.authenticator(h.Serial)
	if err != nil {
		return ResyncResult{}, err
	}
	if !there || h.Serial == "" {
		r := noAuthenticator.refusal(s.Site, about{User: cmd.Phone}, true, 0)
		r.Message = cmd.Phone + " has no authenticator"
		return ResyncResult{}, r
	}
	first, second, ok := splitCodes(cmd.Codes)
	if !ok {
		return ResyncResult{}, authn.BadArgument("want two consecutive one-time passwords, with a blank between")
	}
	codes, err := a.codes(seed)
	if err != nil {
		return ResyncResult{}, err
	}
	now := int64(stepOf(s.Env.Now(), max(a.StepSeconds, 1)))
	from, to := a.Next, a.Next+oath.DefaultResync
	if a.Type == TimeBased { // both within the hours, however far it had come
		from = max(a.Next, uint64(max(now-a.resyncSteps(), 0)))
		to = uint64(now + a.resyncSteps())
	}
	next, ok := uint64(0), false
	if from < to {
		next, ok = codes.Resync(first, second, from, to-from)
	}
	if !ok {
		r := verdict{CodeWrongCode, "A4", 0}.refusal(s.Site, about{User: a.User}, true, 0)
		r.Message = "these are not two consecutive one-time passwords of " + h.Serial + " that were not used"
		return ResyncResult{}, r
	}
	r := ResyncResult{Phone: cmd.Phone, User: a.User, Serial: h.Serial, Type: a.Type}
	fields := map[string]any{"phone": cmd.Phone, "serial": h.Serial}
	a.Next = next
	if a.Type == TimeBased {
		a.Drift = int64(next-1) - now
		r.Drift = time.Duration(a.Drift) * time.Duration(a.StepSeconds) * time.Second
		fields["drift"] = r.Drift.String()
	} else {
		fields["counter"] = int64(min(next, math.MaxInt64))
	}
	s.Happened(EventAuthenticatorResynced, a.User, "A4", fields)
	if err := s.saveAuthenticator(h.Serial, a, seed); err != nil {
		return r, err
	}
	return r, s.regenerate(a.User, h.Serial)
}

// regenerate marks the records of an authenticator's data, so that the next
// logon brings new data before a day is over.
func (s Server) regenerate(user, serial string) error {
	return s.eachRecord(user, serial, func(name string) error {
		var o issuedData
		var secret issuedDataSecret
		if _, err := s.Shelf.Load(name, &o, &secret); err != nil {
			return err
		}
		o.Regenerate = true
		return s.Shelf.Save(name, o, secret)
	})
}

// eachRecord calls do for every record of an authenticator's data.
func (s Server) eachRecord(user, serial string, do func(name string) error) error {
	names, err := s.Shelf.Names(issuedRecords + user + "/")
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "/"+serial) {
			if err := do(name); err != nil {
				return err
			}
		}
	}
	return nil
}

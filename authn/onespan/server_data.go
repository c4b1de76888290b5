package onespan

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// issuedData is the server's record of offline data that it has made (O17). Its
// secret half is the data key, with which it can renew what a match opens.
type issuedData struct {
	Number uint64    `json:"number"`
	Type   Type      `json:"type"`
	Issued time.Time `json:"issued"`
	Days   int       `json:"days,omitempty"`
	From   uint32    `json:"from"`
	To     uint32    `json:"to"`
	Pad    uint32    `json:"pad,omitempty"`
	// Drift is that by which time-based data was laid out (O47).
	Drift int64 `json:"drift,omitempty"`
	// Locked is true if the client's offline attempts ran out (O35): there is no
	// new data until an administrator deletes the record (O38, O39).
	Locked bool `json:"locked,omitempty"`
	// Since is the number of the first data that was made after the record had
	// last been deleted. A lock of data from before has been forgiven (O38).
	Since uint64 `json:"since,omitempty"`
	// Regenerate wants new data before it is due.
	Regenerate bool `json:"regenerate,omitempty"`
}

type issuedDataSecret struct {
	Key []byte `json:"key"`
}

// keeps reports whether the workstation keeps its data for the day (O9).
func (o issuedData) keeps(held state, drift int64, now time.Time) bool {
	if o.Type == EventBased || o.Number != held.Number || held.Expired || o.Regenerate || !o.covers(drift) {
		return false
	}
	return now.Before(o.Issued.Add(day))
}

// covers reports whether data covers a drift: its blocks reach no further than
// the window beyond the drift that they were made for (O54).
func (o issuedData) covers(drift int64) bool {
	return max(drift-o.Drift, o.Drift-drift) <= int64(o.Pad)
}

// firstUsed is the authenticator that works offline for a user at a workstation.
type firstUsed struct {
	Serial string `json:"serial"`
}

// answer sends the answer, and after it the parts of new data.
func (s Server) answer(j judgement, c client, k authn.SiteKeys) error {
	var err error
	a := answer{requestID: j.logon.requestID, Verdict: j.verdict, Skew: int64(j.skew / time.Second),
		Settings: j.set.client()}
	var parts [][]byte
	var g grant
	if j.verdict.ok() {
		a.PINChanged = j.pinChanged
		if parts, err = j.provideData(&a, &g); err != nil {
			return err
		}
		if a.Sealed, err = authn.SealTo(c.Box, g.encode(), a.sealBound("grant")); err != nil {
			return err
		}
	} else if err := j.addNotice(&a); err != nil {
		return err
	}
	if a.Others, err = j.otherNotices(); err != nil {
		return err
	}
	to := authn.Workstation(j.logon.Workstation)
	s.Send(to, msgAnswer, encode(msgAnswer, &a, k.Signer()))
	for i, raw := range parts {
		p := part{Workstation: j.logon.Workstation, User: j.logon.User, Number: a.Offer.Number, Part: i,
			Sealed: sealPart(g.TransportKey, a.Offer.Number, i, raw)}
		s.Send(to, msgPart, encode(msgPart, &p, k.Signer()))
	}
	return nil
}

// addNotice adds to an answer the notice on the data of the user who logs on.
func (j *judgement) addNotice(a *answer) (err error) {
	a.notice, err = j.noticeFor(j.logon.User, j.logon.State)
	return err
}

// otherNotices returns the notices on the data of all other users there.
func (j *judgement) otherNotices() ([]userNotice, error) {
	var words []userNotice
	for _, held := range j.logon.Others {
		w, err := j.noticeFor(held.User, held.State)
		if err != nil {
			return nil, err
		}
		words = append(words, userNotice{User: held.User, notice: w})
	}
	return words, nil
}

// noticeFor returns the notice on data that a workstation holds: the next unused
// code (O21), and whether the data is to be deleted: if the authenticator was
// taken from its user (O49), or if the policy allows no offline data (O1, O3).
func (j *judgement) noticeFor(name string, held state) (notice, error) {
	known, _, there, err := j.Server.authenticator(held.Serial)
	if err != nil || held.Serial == "" {
		return notice{}, err
	}
	there = there && known.User == name
	w := notice{}
	if there {
		w.State, w.Drift = state{Serial: held.Serial, Number: held.Number, Next: known.Next}, known.Drift
	}
	u, _, err := j.Server.user(name)
	switch {
	case err != nil || held.Number == 0 || held.Locked:
		return w, err
	case !there:
		w.Fate, w.Reason = fateDrop, ReasonTaken
	default:
		if reason := j.set.withheld(u); reason != "" {
			w.Fate, w.Reason = fateDrop, reason
		}
	}
	return w, nil
}

// issuedName returns the name of a record of data (O17).
func issuedName(user, workstation, serial string) string {
	return issuedRecords + user + "/" + workstation + "/" + serial
}

// provideData decides the fate of the data on the workstation after a success,
// and makes new data if it is due. It returns the blocks.
func (j *judgement) provideData(a *answer, g *grant) ([][]byte, error) {
	if err := j.addNotice(a); err != nil {
		return nil, err
	}
	var err error
	if g.Salt, err = j.Env.Draw("onespan.payload", saltSize); err != nil {
		return nil, err
	}
	g.PasswordLen, g.PINLen = len(j.secret.Password), j.secret.PINLen
	held := j.logon.State
	if reason := j.set.withheld(j.user); reason != "" {
		a.withhold(reason)
		return nil, j.recordWithheld(reason)
	}
	mine, err := j.offlineSerial()
	if err != nil {
		return nil, err
	}
	name := issuedName(j.logon.User, j.logon.Workstation, mine)
	var o issuedData
	var secret issuedDataSecret
	there, err := j.Shelf.Load(name, &o, &secret)
	if err != nil {
		return nil, err
	}
	switch {
	case mine != j.serial:
		a.withhold(ReasonOther)
		j.renewPayload(a, g, o, secret, mine)
		return nil, j.recordWithheld(ReasonOther)
	case there && o.Locked:
		a.withhold(ReasonLocked)
		return nil, j.recordWithheld(ReasonLocked)
	case there && o.keeps(held, j.authenticator.Drift, j.Env.Now()):
		a.Fate = fateNotDue
		j.renewPayload(a, g, o, secret, mine)
		return nil, nil
	}
	return j.makeData(a, g, name, o.Since)
}

// withheld returns the reason why a user gets no offline data, or "" (O1 to O3,
// O6).
func (s Settings) withheld(u user) string {
	on := s.Offline
	if u.Offline != nil {
		on = *u.Offline
	}
	switch {
	case !on:
		return ReasonDisabled
	case s.Backend != BackendAlways:
		return ReasonBackend
	}
	return ""
}

// reasonRules has the rule by which data is withheld or deleted for a reason.
var reasonRules = map[string]authn.RuleID{
	ReasonDisabled: "O1", ReasonBackend: "O3", ReasonOther: "O18", ReasonLocked: "O39", ReasonTaken: "O49",
}

func (j *judgement) recordWithheld(reason string) error {
	j.Happened(EventDataWithheld, j.logon.User, reasonRules[reason],
		map[string]any{"workstation": j.logon.Workstation, "serial": j.serial, "reason": reason})
	return nil
}

// offlineSerial returns the authenticator that works offline here: the first that was
// ever used (O18), as long as it is the user's.
func (j *judgement) offlineSerial() (string, error) {
	name := firstRecords + j.logon.Workstation + "/" + j.logon.User
	var f firstUsed
	if _, err := j.Shelf.Load(name, &f, nil); err != nil {
		return "", err
	}
	for _, serial := range j.user.Serials {
		if serial == f.Serial {
			return serial, nil
		}
	}
	return j.serial, j.Shelf.Save(name, firstUsed{Serial: j.serial}, nil)
}

// DeleteData deletes records of offline data (O38).
func (s Server) DeleteData(a DeleteData) (DeleteDataResult, error) {
	r := DeleteDataResult{User: a.User, Deleted: []DeletedRecord{}}
	names, err := s.Shelf.Names(issuedRecords + a.User + "/")
	if err != nil {
		return r, err
	}
	for _, name := range names {
		workstation, serial, _ := strings.Cut(strings.TrimPrefix(name, issuedRecords+a.User+"/"), "/")
		if a.Workstation != "" && a.Workstation != workstation || a.Serial != "" && a.Serial != serial {
			continue
		}
		var o issuedData
		if _, err := s.Shelf.Load(name, &o, nil); err != nil {
			return r, err
		}
		if err := s.Shelf.Remove(name); err != nil {
			return r, err
		}
		s.Happened(EventDataRecordDeleted, a.User, "O38",
			map[string]any{"workstation": workstation, "serial": serial, "number": int64(o.Number)})
		r.Deleted = append(r.Deleted, DeletedRecord{Workstation: workstation, Serial: serial})
	}
	return r, nil
}

package onespan

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// oad is the server's record of offline data that it has made (O17). Its
// secret half is the data key, with which it can renew what a match opens.
type oad struct {
	Number uint64    `json:"number"`
	Type   Type      `json:"type"`
	Issued time.Time `json:"issued"`
	Days   int       `json:"days,omitempty"`
	From   uint32    `json:"from"`
	To     uint32    `json:"to"`
	// Locked says that the client's offline attempts ran out (O35): nothing
	// comes until an administrator deletes the record (O38, O39).
	Locked bool `json:"locked,omitempty"`
	// Since is the number of the first data that was made after the record had
	// last been deleted. A lock of data from before has been forgiven (O38).
	Since uint64 `json:"since,omitempty"`
	// Regenerate wants new data before it is due.
	Regenerate bool `json:"regenerate,omitempty"`
}

type oadSecret struct {
	Key []byte `json:"key"`
}

// first is the authenticator that works offline for a user at a workstation.
type first struct {
	Serial string `json:"serial"`
}

// answer sends the server's word, and after it the parts of new data.
func (s Server) answer(j judgement, c client, k authn.SiteKeys) error {
	var err error
	a := answer{asked: j.logon.asked, Verdict: j.verdict, Skew: int64(j.skew / time.Second), Settings: j.set.client()}
	var parts [][]byte
	var g grant
	if j.verdict.ok() {
		a.PINChanged = j.pinChanged
		if parts, err = j.provide(&a, &g); err != nil {
			return err
		}
		if a.Sealed, err = authn.SealTo(c.Box, g.encode(), a.bound("grant")); err != nil {
			return err
		}
	} else if err := j.told(&a); err != nil {
		return err
	}
	if a.Others, err = j.others(); err != nil {
		return err
	}
	to := authn.Workstation(j.logon.Workstation)
	s.Send(to, msgAnswer, encode(msgAnswer, &a, k.Signer()))
	for i, raw := range parts {
		p := part{Workstation: j.logon.Workstation, User: j.logon.User, Number: a.Offer.Number, Part: i, Sealed: sealPart(g.TransportKey, a.Offer.Number, i, raw)}
		s.Send(to, msgPart, encode(msgPart, &p, k.Signer()))
	}
	return nil
}

// told puts into an answer what the server says of the data that the
// workstation holds of who logs on.
func (j *judgement) told(a *answer) (err error) {
	a.word, err = j.word(j.logon.User, j.logon.State)
	return err
}

// others says the same of the data of everybody else there: whoever it is that
// logs on, the two sides have talked.
func (j *judgement) others() ([]wordOf, error) {
	var words []wordOf
	for _, held := range j.logon.Others {
		w, err := j.word(held.User, held.State)
		if err != nil {
			return nil, err
		}
		words = append(words, wordOf{User: held.User, word: w})
	}
	return words, nil
}

// word is what the server says of data that a workstation holds: how far the
// authenticator has come (O21), and whether the data has to go. It goes where
// the authenticator was taken from its user (O49), or where there is to be no
// offline data at all (O1, O3).
func (j *judgement) word(name string, held state) (word, error) {
	known, _, there, err := j.Server.authenticator(held.Serial)
	if err != nil || held.Serial == "" {
		return word{}, err
	}
	there = there && known.User == name
	w := word{}
	if there {
		w.State = state{Serial: held.Serial, Number: held.Number, Next: known.Next}
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

// oadName is the record of data (O17).
func oadName(user, workstation, serial string) string {
	return oads + user + "/" + workstation + "/" + serial
}

// provide decides what becomes of the data on the workstation after a success,
// and makes new data where it is due. It gives the blocks.
func (j *judgement) provide(a *answer, g *grant) ([][]byte, error) {
	if err := j.told(a); err != nil {
		return nil, err
	}
	g.PasswordLen, g.PINLen = len(j.secret.Password), j.secret.PINLen
	held := j.logon.State
	if reason := j.set.withheld(j.user); reason != "" {
		a.none(reason)
		return nil, j.withhold(reason)
	}
	mine, err := j.first()
	if err != nil {
		return nil, err
	}
	name := oadName(j.logon.User, j.logon.Workstation, mine)
	var o oad
	var secret oadSecret
	there, err := j.Shelf.Load(name, &o, &secret)
	if err != nil {
		return nil, err
	}
	switch {
	case mine != j.serial:
		a.none(ReasonOther)
		j.refresh(a, g, o, secret, mine)
		return nil, j.withhold(ReasonOther)
	case there && o.Locked:
		a.none(ReasonLocked)
		return nil, j.withhold(ReasonLocked)
	case there && o.Type == TimeBased && o.Number == held.Number && !held.Expired && !o.Regenerate && j.Env.Now().Before(o.Issued.Add(day)):
		a.Fate = fateNotDue
		j.refresh(a, g, o, secret, mine)
		return nil, nil
	}
	return j.make(a, g, name, o.Since)
}

// withheld says why there is no offline data for a user at all (O1 to O3, O6).
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

func (j *judgement) withhold(reason string) error {
	rule := map[string]authn.RuleID{ReasonDisabled: "O1", ReasonBackend: "O3", ReasonOther: "O18", ReasonLocked: "O39"}[reason]
	j.Happened(kindWithheld, j.logon.User, rule, map[string]any{"workstation": j.logon.Workstation, "serial": j.serial, "reason": reason})
	return nil
}

// first gives the authenticator that works offline here: the first that was
// ever used (O18), as long as it is the user's.
func (j *judgement) first() (string, error) {
	name := firsts + j.logon.Workstation + "/" + j.logon.User
	var f first
	if _, err := j.Shelf.Load(name, &f, nil); err != nil {
		return "", err
	}
	for _, serial := range j.user.Serials {
		if serial == f.Serial {
			return serial, nil
		}
	}
	return j.serial, j.Shelf.Save(name, first{Serial: j.serial}, nil)
}

// refresh renews what a match opens of the data that stays: static password
// and server PIN may be others by now.
func (j *judgement) refresh(a *answer, g *grant, o oad, secret oadSecret, serial string) {
	if len(secret.Key) != dataKeySize || o.Number != j.logon.State.Number || j.logon.State.Locked {
		return
	}
	bound := payloadBound(j.logon.Workstation, j.logon.User, serial, o.Number, j.logon.Counter)
	g.Payload = payload{Password: j.secret.Password, PIN: j.secret.PIN}.seal(secret.Key, bound)
}

// make makes offline data: keys, blocks, and the record of them, in which since
// is kept if there was one.
func (j *judgement) make(a *answer, g *grant, name string, since uint64) ([][]byte, error) {
	number, err := j.next(func(c *count) *uint64 { return &c.Data })
	if err != nil {
		return nil, err
	}
	drawn, err := j.Env.Draw("onespan.data", dataKeySize+2*keySize+4)
	if err != nil {
		return nil, err
	}
	dataKey, rest := drawn[:dataKeySize], drawn[dataKeySize:]
	g.HashKey, g.TransportKey = rest[:keySize], rest[keySize:2*keySize]
	o, err := j.offer(number, binary.BigEndian.Uint32(rest[2*keySize:]))
	if err != nil {
		return nil, err
	}
	jobs := make([]authn.SlowJob, offerRecord(o).parts())
	for i := range jobs {
		jobs[i] = recipe{
			header: offerRecord(o).header(i), number: number, digits: o.Digits, seed: j.seed, hashKey: g.HashKey, dataKey: dataKey,
		}.job()
	}
	made, err := j.Slow(jobs)
	if err != nil {
		return nil, err
	}
	a.Fate, a.Reason, a.Offer = fateComing, "", o
	a.State = state{Serial: j.serial, Number: j.logon.State.Number, Next: j.authenticator.Next}
	bound := payloadBound(j.logon.Workstation, j.logon.User, j.serial, number, j.logon.Counter)
	g.Payload = payload{Password: j.secret.Password, PIN: j.secret.PIN}.seal(dataKey, bound)
	if since == 0 {
		since = number
	}
	rec := oad{Number: number, Since: since, Type: o.Type, Issued: o.Issued, Days: o.Days, From: o.From, To: o.To}
	return made, j.Shelf.Save(name, rec, oadSecret{Key: dataKey})
}

// eventsPerBlock is how many events a block is for; with the window at both
// ends a logon reads as little in the middle of 2,999 as at their start.
const eventsPerBlock = 256

// offer lays data out: one block a day for time-based, centred on the known
// drift (O47), and a few hundred events a block for event-based.
func (j *judgement) offer(number uint64, diversifier uint32) (offer, error) {
	a := j.authenticator
	o := offer{
		Serial: j.serial, Type: a.Type, Number: number, Issued: j.Env.Now(), Digits: a.Digits, StepSeconds: a.StepSeconds,
		Drift: a.Drift, Diversifier: diversifier, Pad: uint32(j.set.Window),
	}
	from := a.Next
	to := from + uint64(j.set.Uses)
	o.Per = eventsPerBlock
	if a.Type == EventBased {
		o.Pad = uint32(j.set.EventWindow)
	} else {
		o.Days, o.Per = j.set.Days, uint32(daySeconds/a.StepSeconds)
		from = uint64(max(int64(stepOf(o.Issued, a.StepSeconds))+a.Drift, 0))
		to = from + uint64(o.Days)*uint64(o.Per)
	}
	if to+uint64(o.Per)+uint64(o.Pad) > 1<<32-1 {
		return o, badArgument("the authenticator has come to the end of what a block can name")
	}
	o.From, o.To = uint32(from), uint32(to)
	return o, nil
}

// DeleteData deletes records of offline data (O38).
func (s Server) DeleteData(a DeleteData) (DeleteDataResult, error) {
	r := DeleteDataResult{User: a.User, Deleted: []DeletedRecord{}}
	names, err := s.Shelf.Names(oads + a.User + "/")
	if err != nil {
		return r, err
	}
	for _, name := range names {
		workstation, serial, _ := strings.Cut(strings.TrimPrefix(name, oads+a.User+"/"), "/")
		if a.Workstation != "" && a.Workstation != workstation || a.Serial != "" && a.Serial != serial {
			continue
		}
		var o oad
		if _, err := s.Shelf.Load(name, &o, nil); err != nil {
			return r, err
		}
		if err := s.Shelf.Remove(name); err != nil {
			return r, err
		}
		s.Happened(kindRecord, a.User, "O38", map[string]any{"workstation": workstation, "serial": serial, "number": int64(o.Number)})
		r.Deleted = append(r.Deleted, DeletedRecord{Workstation: workstation, Serial: serial})
	}
	return r, nil
}

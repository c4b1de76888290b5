package onespan

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// dataRecord is what a workstation keeps of a user's offline data beside the
// blocks: the small record that an offline logon writes. Its secret half is
// dataSecret. With Number 0 there is no data, and the record only remembers.
type dataRecord struct {
	offer
	// Next is the lowest step or counter that was used neither here nor, as
	// far as is known, online. The server reported those below Heard (O21).
	Next  uint64 `json:"next"`
	Heard uint64 `json:"heard"`
	// Failures are the wrong tries in a row (A6, O36).
	Failures int `json:"failures,omitempty"`
	// Locked is true if they deleted the data (O35), Expired if the timer did
	// (O25).
	Locked  bool `json:"locked,omitempty"`
	Expired bool `json:"expired,omitempty"`
	// Lost is the number of the data that a lock deleted.
	Lost uint64 `json:"lost,omitempty"`
	// Told is true if the user was told that little is left (O52).
	Told bool `json:"told,omitempty"`
	// Incoming is newer data of which not every part has come. Until then the
	// data that is there stays good (A11).
	Incoming *incoming `json:"incoming,omitempty"`
}

// offer describes data that the server sends in parts.
type offer struct {
	Serial      string    `json:"serial,omitempty"`
	Type        Type      `json:"type,omitempty"`
	Number      uint64    `json:"number"`
	Issued      time.Time `json:"issued"`
	Days        int       `json:"days,omitempty"` // of time-based data
	From        uint32    `json:"from"`
	To          uint32    `json:"to"`
	Per         uint32    `json:"per"`
	Pad         uint32    `json:"pad"`
	Digits      int       `json:"digits"`
	StepSeconds int       `json:"step_seconds,omitempty"`
	Drift       int64     `json:"drift,omitempty"` // steps
	Diversifier uint32    `json:"diversifier"`
}

// incoming is an offer that is being filled.
type incoming struct {
	offer
	Next uint64 `json:"next"`
	Got  int    `json:"got"`
}

// dataSecret is sealed where it lies. The payload can be opened by what a
// one-time password releases, and by nothing that is kept here.
type dataSecret struct {
	HashKey     []byte `json:"hash_key,omitempty"`
	Payload     []byte `json:"payload,omitempty"`
	Salt        []byte `json:"salt,omitempty"`
	Revision    uint64 `json:"revision,omitempty"`
	PasswordLen int    `json:"password_len,omitempty"`
	PINLen      int    `json:"pin_len,omitempty"`
	// Coming has the secrets of the incoming data.
	Coming    *dataSecret `json:"coming,omitempty"`
	Transport []byte      `json:"transport,omitempty"`
}

// blockSecret is the secret half of a block's record.
type blockSecret struct {
	Block []byte `json:"block"`
}

// expires returns when time-based data expires (O25).
func (o offer) expires() time.Time { return o.Issued.Add(time.Duration(o.Days) * day) }

// due returns when time-based data may be renewed (O10).
func (o offer) due() time.Time { return o.Issued.Add(day) }

// parts returns the number of blocks.
func (o offer) parts() int {
	if o.Per == 0 {
		return 0
	}
	return int((o.To - o.From + o.Per - 1) / o.Per)
}

// header returns the header of a block. Blocks overlap by the window on both
// sides, so that all that may be tried around a value lies in its block (O23);
// event-based data ends where its uses end.
func (o offer) header(part int) header {
	start := uint64(o.From) + uint64(part)*uint64(o.Per)
	end := start + uint64(o.Per) + uint64(o.Pad) + 1
	if o.Type == EventBased {
		end = min(end, uint64(o.To))
	}
	start -= min(start, uint64(o.Pad))
	return header{Serial: o.Serial, Diversifier: o.Diversifier + uint32(part), Start: uint32(start),
		Count: uint32(end - start)}
}

// partOf returns the block that covers the window around a value.
func (o offer) partOf(value uint64) int {
	if value < uint64(o.From) {
		return 0
	}
	return min(int((value-uint64(o.From))/uint64(o.Per)), o.parts()-1)
}

// present reports whether there is data that may be judged by.
func (d dataRecord) present() bool { return d.Number > 0 && !d.Expired && !d.Locked }

// state returns the state for the server.
func (d dataRecord) state() state {
	s := state{Serial: d.Serial, Number: d.Number, Next: d.Next, Failures: uint32(d.Failures), Locked: d.Locked,
		Expired: d.Expired}
	if d.Locked {
		s.Number = d.Lost
	}
	return s
}

// payloadBound returns the associated data of the payload of data.
func (w Workstation) payloadBound(user string, o offer, revision uint64) []byte {
	return payloadBound(w.Site.Name(), user, o.Serial, o.Number, revision)
}

func (w Workstation) data(user string) (d dataRecord, s dataSecret, there bool, err error) {
	there, err = w.Shelf.Load(dataRecords+user, &d, &s)
	return d, s, there, err
}

// blockShelf keeps the blocks of one user's data.
type blockShelf struct {
	authn.Shelf
	user string
}

func (w Workstation) blocks(user string) blockShelf { return blockShelf{w.Shelf, user} }

func (b blockShelf) name(number uint64, part int) string {
	return fmt.Sprintf("%s%s/%d/%04d", blocks, b.user, number, part)
}

// read returns one block of data that has come whole.
func (b blockShelf) read(d dataRecord, part int) (block, error) {
	var s blockSecret
	there, err := b.Load(b.name(d.Number, part), nil, &s)
	if err != nil {
		return block{}, err
	}
	read, err := decodeBlock(s.Block)
	if !there || err != nil || read.header != d.header(part) {
		return block{}, authn.ErrDamaged
	}
	return read, nil
}

// remove deletes the blocks of data with a number.
func (b blockShelf) remove(number uint64, parts int) error {
	for i := range parts {
		if err := b.Remove(b.name(number, i)); err != nil {
			return err
		}
	}
	return nil
}

// removeIncoming deletes what has come of data that is not whole.
func (b blockShelf) removeIncoming(d dataRecord) error {
	if d.Incoming == nil {
		return nil
	}
	return b.remove(d.Incoming.Number, d.Incoming.parts())
}

// drop deletes a user's data. It keeps a record of the last used code, and of a
// lock.
func (w Workstation) drop(user, reason string, rule authn.RuleID) error {
	d, _, there, err := w.data(user)
	if err != nil || !there {
		return err
	}
	if err := w.blocks(user).removeIncoming(d); err != nil {
		return err
	}
	if d.Number > 0 {
		w.Happened(EventDataDeleted, w.subject(user), rule, map[string]any{"number": int64(d.Number), "reason": reason})
		w.stopTimers(user, d)
		if !d.Expired {
			if err := w.blocks(user).remove(d.Number, d.parts()); err != nil {
				return err
			}
		}
	}
	left := dataRecord{Next: d.Next, Heard: d.Heard, Locked: d.Locked, Lost: d.Lost}
	if reason == ReasonLocked {
		left.Locked, left.Lost = true, d.Number
	}
	left.Serial = d.Serial // what was used here is still to be told (O21)
	return w.Shelf.Save(dataRecords+user, left, dataSecret{})
}

// stopTimers stops the timers of data.
func (w Workstation) stopTimers(user string, d dataRecord) {
	w.StopTimer(timerExpire, timerSubject(user, d.Number))
	w.StopTimer(timerRemind, timerSubject(user, d.Number))
}

// setReminder sets the timer that tells the user how little is left of time-based
// data, by the policy of now (O41, O52).
func (w Workstation) setReminder(user string, d dataRecord, c clientSettings) {
	subject := timerSubject(user, d.Number)
	switch {
	case d.Type != TimeBased || !d.present() || d.Told:
	case c.NotifyDays == 0:
		w.StopTimer(timerRemind, subject)
	default:
		w.SetTimer(timerRemind, subject, d.expires().Add(-time.Duration(c.NotifyDays)*day))
	}
}

// warnOfLastUses tells the user how few uses are left of event-based data, at the use
// that leaves so few (O41, O52).
func (w Workstation) warnOfLastUses(user string, d *dataRecord, c clientSettings) {
	if d.Type != EventBased || !d.present() || d.Told || !d.remaining(w.Env.Now(), c).soon {
		return
	}
	d.Told = true
	w.Happened(EventDataExpiring, w.subject(user), "O41", map[string]any{"uses": int64(d.uses())})
}

// outcome returns the result for the user: what happened to the data, and whether
// little is left (O40).
func (w Workstation) outcome(user string, n request, d dataRecord) (UpdateResult, error) {
	r := UpdateResult{Workstation: w.Site.Name(), User: user, PINChanged: n.PINChanged, Data: DataKept, Reason: n.Reason}
	switch {
	case n.Taken == EventDataIssued:
		r.Data = DataIssued
	case n.Taken == EventDataRenewed:
		r.Data = DataRenewed
	case n.Fate == fateComing:
		r.Data = DataLost
	case n.Fate == fateNotDue:
		r.Data = DataNotDue
	case !d.present():
		r.Data = DataNone
	}
	if !d.present() {
		return r, nil
	}
	c, err := w.policy()
	if err != nil {
		return r, err
	}
	r.Type = d.Type
	left := d.remaining(w.Env.Now(), c)
	r.ExpiresAt, r.DueAt, r.Left, r.Expiring = left.expires, left.due, left.uses, left.soon
	return r, nil
}

// remaining is how much is left of data.
type remaining struct {
	expires, due time.Time
	days, uses   int
	// soon is true if it is little enough to tell the user (O41).
	soon bool
}

func (d dataRecord) remaining(now time.Time, c clientSettings) remaining {
	if d.Type == EventBased {
		n := d.uses()
		return remaining{uses: n, soon: n <= c.NotifyUses && c.NotifyUses > 0}
	}
	l := remaining{expires: d.expires(), due: d.due()}
	l.days = daysIn(l.expires.Sub(now))
	l.soon = l.days <= c.NotifyDays && c.NotifyDays > 0
	return l
}

// uses returns how many uses are left of event-based data.
func (d dataRecord) uses() int { return int(max(uint64(d.To), d.Next) - d.Next) }

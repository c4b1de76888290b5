package onespan

import (
	"encoding/binary"

	"github.com/offauth/offauth/authn"
)

// renewPayload renews the payload of data that stays, since the static password
// or the server PIN may have changed.
func (j *judgement) renewPayload(a *answer, g *grant, o issuedData, secret issuedDataSecret, serial string) {
	if len(secret.Key) != dataKeySize || o.Number != j.logon.State.Number || j.logon.State.Locked {
		return
	}
	bound := payloadBound(j.logon.Workstation, j.logon.User, serial, o.Number, j.logon.Counter)
	g.Payload = payload{Password: j.secret.Password, PIN: j.secret.PIN}.seal(secret.Key, bound, g.Salt)
}

// makeData makes offline data: keys, blocks, and their record, which keeps a
// since other than 0.
func (j *judgement) makeData(a *answer, g *grant, name string, since uint64) ([][]byte, error) {
	number, err := j.nextNumber(func(c *count) *uint64 { return &c.Data })
	if err != nil {
		return nil, err
	}
	drawn, err := j.Env.Draw("onespan.data", dataKeySize+2*keySize+4)
	if err != nil {
		return nil, err
	}
	dataKey, rest := drawn[:dataKeySize], drawn[dataKeySize:]
	g.HashKey, g.TransportKey = rest[:keySize], rest[keySize:2*keySize]
	o, err := j.layOut(number, binary.BigEndian.Uint32(rest[2*keySize:]))
	if err != nil {
		return nil, err
	}
	jobs := make([]authn.SlowJob, o.parts())
	for i := range jobs {
		jobs[i] = recipe{
			header: o.header(i), number: number, digits: o.Digits, seed: j.seed, hashKey: g.HashKey,
			dataKey: dataKey,
		}.job()
	}
	made, err := j.Slow(jobs)
	if err != nil {
		return nil, err
	}
	a.Fate, a.Reason, a.Offer = fateComing, "", o
	a.State = state{Serial: j.serial, Number: j.logon.State.Number, Next: j.authenticator.Next}
	bound := payloadBound(j.logon.Workstation, j.logon.User, j.serial, number, j.logon.Counter)
	g.Payload = payload{Password: j.secret.Password, PIN: j.secret.PIN}.seal(dataKey, bound, g.Salt)
	if since == 0 {
		since = number
	}
	rec := issuedData{Number: number, Since: since, Type: o.Type, Issued: o.Issued, Days: o.Days, From: o.From, To: o.To,
		Pad: o.Pad, Drift: o.Drift}
	return made, j.Shelf.Save(name, rec, issuedDataSecret{Key: dataKey})
}

// eventsPerBlock is how many events a block is for; with the window at both
// ends a logon reads as little in the middle of 2,999 as at their start.
const eventsPerBlock = 256

// layOut returns the offer of new data: one block a day for time-based, centred on the known
// drift (O47), and a few hundred events a block for event-based.
func (j *judgement) layOut(number uint64, diversifier uint32) (offer, error) {
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
		return o, authn.BadArgument("the authenticator has come to the end of what a block can name")
	}
	o.From, o.To = uint32(from), uint32(to)
	return o, nil
}

package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// offer describes data that comes in parts.
type offer struct {
	Serial      string
	Type        Type
	Number      uint64
	Issued      time.Time
	Days        int // of time-based data
	From, To    uint32
	Per, Pad    uint32
	Digits      int
	StepSeconds int
	Drift       int64 // steps
	Diversifier uint32
}

func (o offer) put(e *authn.Encoder) {
	e.Text(o.Serial)
	o.Type.put(e)
	e.U64(o.Number)
	e.Time(o.Issued)
	e.U16(uint16(o.Days))
	for _, n := range []uint32{o.From, o.To, o.Per, o.Pad, o.Diversifier} {
		e.U64(uint64(n))
	}
	e.U8(byte(o.Digits))
	e.U16(uint16(o.StepSeconds))
	e.U64(uint64(o.Drift))
}

func (o *offer) take(d *authn.Decoder) {
	o.Serial = d.Text()
	o.Type.take(d)
	o.Number, o.Issued, o.Days = d.U64(), d.Time(), int(d.U16())
	for _, n := range []*uint32{&o.From, &o.To, &o.Per, &o.Pad, &o.Diversifier} {
		v := d.U64()
		if v > 1<<32-1 {
			d.Fail()
		}
		*n = uint32(v)
	}
	o.Digits, o.StepSeconds, o.Drift = int(d.U8()), int(d.U16()), int64(d.U64())
	if o.From >= o.To || o.Per == 0 {
		d.Fail()
	}
}

// grant is what the workstation alone may read of an answer: the payload that
// the data key opens, the lengths of static password and server PIN for taking
// credentials apart, and, with an offer, the keys.
type grant struct {
	Payload, Salt         []byte
	PasswordLen, PINLen   int
	HashKey, TransportKey []byte
}

func (g grant) encode() []byte {
	var e authn.Encoder
	e.Block(g.Payload)
	e.Block(g.Salt)
	e.U8(byte(g.PasswordLen))
	e.U8(byte(g.PINLen))
	e.Block(g.HashKey)
	e.Block(g.TransportKey)
	return e.Bytes()
}

func decodeGrant(raw []byte) (grant, error) {
	d := authn.NewDecoder(raw)
	g := grant{Payload: d.Block(), Salt: d.Block(), PasswordLen: int(d.U8()), PINLen: int(d.U8()), HashKey: d.Block(), TransportKey: d.Block()}
	return g, d.Close()
}

// part brings one block of data, encrypted.
type part struct {
	Workstation, User string
	Number            uint64
	Part              int
	Sealed            []byte
}

func (m *part) put(e *authn.Encoder) {
	e.Text(m.Workstation)
	e.Text(m.User)
	e.U64(m.Number)
	e.U16(uint16(m.Part))
	e.Block(m.Sealed)
}

func (m *part) take(d *authn.Decoder) {
	m.Workstation, m.User, m.Number, m.Part, m.Sealed = d.Text(), d.Text(), d.U64(), int(d.U16()), d.Block()
}

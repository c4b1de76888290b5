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

func (o *offer) fields(f authn.Fields) {
	f.Text(&o.Serial)
	o.Type.fields(f)
	f.U64(&o.Number)
	f.Time(&o.Issued)
	f.Int16(&o.Days)
	for _, n := range []*uint32{&o.From, &o.To, &o.Per, &o.Pad, &o.Diversifier} {
		wide := uint64(*n)
		f.U64(&wide)
		f.Require(wide < 1<<32)
		*n = uint32(wide)
	}
	f.Int8(&o.Digits)
	f.Int16(&o.StepSeconds)
	f.I64(&o.Drift)
	f.Require(o.From < o.To && o.Per != 0)
}

// grant is what the workstation alone may read of an answer: the payload that
// the data key opens, the lengths of static password and server PIN for taking
// credentials apart, and, with an offer, the keys.
type grant struct {
	Payload, Salt         []byte
	PasswordLen, PINLen   int
	HashKey, TransportKey []byte
}

func (g *grant) fields(f authn.Fields) {
	f.Block(&g.Payload, &g.Salt)
	f.Int8(&g.PasswordLen, &g.PINLen)
	f.Block(&g.HashKey, &g.TransportKey)
}

func (g grant) encode() []byte {
	var e authn.Encoder
	g.fields(e.Fields())
	return e.Bytes()
}

func decodeGrant(raw []byte) (grant, error) {
	var g grant
	d := authn.NewDecoder(raw)
	g.fields(d.Fields())
	return g, d.Close()
}

// part brings one block of data, encrypted.
type part struct {
	Workstation, User string
	Number            uint64
	Part              int
	Sealed            []byte
}

func (m *part) fields(f authn.Fields) {
	f.Text(&m.Workstation, &m.User)
	f.U64(&m.Number)
	f.Int16(&m.Part)
	f.Block(&m.Sealed)
}

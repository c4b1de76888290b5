package hypr

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// order is what the server tells a workstation of its own accord. It waits
// at the server until the workstation has said that it is done.
type order struct {
	Workstation string
	Number      uint64 // above that of any earlier order to it
	What        string // orderUnlock or orderRevoke
	User        string
	Phone       string // of orderRevoke
}

const (
	orderUnlock = "unlock_user"  // ends a directory lock-out (H27)
	orderRevoke = "revoke_phone" // a lost phone's sets and pairing go
)

func (m *order) put(e *authn.Encoder) {
	e.Text(m.Workstation)
	e.U64(m.Number)
	e.Text(m.What)
	e.Text(m.User)
	e.Text(m.Phone)
}

func (m *order) take(d *authn.Decoder) {
	m.Workstation, m.Number, m.What, m.User, m.Phone = d.Text(), d.U64(), d.Text(), d.Text(), d.Text()
	if m.What != orderUnlock && m.What != orderRevoke {
		d.Fail()
	}
}

// orderDone says that a workstation has carried out the orders up to one.
type orderDone struct {
	Workstation string
	Number      uint64
}

func (m *orderDone) put(e *authn.Encoder)  { e.Text(m.Workstation); e.U64(m.Number) }
func (m *orderDone) take(d *authn.Decoder) { m.Workstation, m.Number = d.Text(), d.U64() }

// auditReport brings events that a site has had since its last report to the
// server (H41).
type auditReport struct {
	Site    string
	After   uint64 // the entries that the site knows the server to have, or has sent before these
	Entries []auditEntry
}

// auditEntry is one event on its way to the audit trail.
type auditEntry struct {
	Seq                         uint64
	At                          time.Time
	Kind, Subject, Result, Rule string
	Phone, Workstation          string
}

// maxEntries is how many entries one report holds; a longer list goes in
// several.
const maxEntries = 200

func (m *auditReport) put(e *authn.Encoder) {
	e.Text(m.Site)
	e.U64(m.After)
	e.U16(uint16(len(m.Entries)))
	for _, a := range m.Entries {
		e.U64(a.Seq)
		e.Time(a.At)
		for _, s := range []string{a.Kind, a.Subject, a.Result, a.Rule, a.Phone, a.Workstation} {
			e.Text(s)
		}
	}
}

func (m *auditReport) take(d *authn.Decoder) {
	m.Site, m.After = d.Text(), d.U64()
	n := int(d.U16())
	if n > maxEntries {
		d.Fail()
		return
	}
	for range n {
		a := auditEntry{Seq: d.U64(), At: d.Time()}
		for _, s := range []*string{&a.Kind, &a.Subject, &a.Result, &a.Rule, &a.Phone, &a.Workstation} {
			*s = d.Text()
		}
		m.Entries = append(m.Entries, a)
	}
}

// auditTaken says up to which entry the server has a site's events.
type auditTaken struct {
	Site string
	Seq  uint64
}

func (m *auditTaken) put(e *authn.Encoder)  { e.Text(m.Site); e.U64(m.Seq) }
func (m *auditTaken) take(d *authn.Decoder) { m.Site, m.Seq = d.Text(), d.U64() }

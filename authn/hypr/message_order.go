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

func (m *order) fields(f authn.Fields) {
	f.Text(&m.Workstation)
	f.U64(&m.Number)
	f.Text(&m.What, &m.User, &m.Phone)
	f.Require(m.What == orderUnlock || m.What == orderRevoke)
}

// orderDone says that a workstation has carried out the orders up to one.
type orderDone struct {
	Workstation string
	Number      uint64
}

func (m *orderDone) fields(f authn.Fields) {
	f.Text(&m.Workstation)
	f.U64(&m.Number)
}

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

func (m *auditReport) fields(f authn.Fields) {
	f.Text(&m.Site)
	f.U64(&m.After)
	authn.PassList(f, &m.Entries, maxEntries, func(f authn.Fields, a *auditEntry) {
		f.U64(&a.Seq)
		f.Time(&a.At)
		f.Text(&a.Kind, &a.Subject, &a.Result, &a.Rule, &a.Phone, &a.Workstation)
	})
}

// auditTaken says up to which entry the server has a site's events.
type auditTaken struct {
	Site string
	Seq  uint64
}

func (m *auditTaken) fields(f authn.Fields) {
	f.Text(&m.Site)
	f.U64(&m.Seq)
}

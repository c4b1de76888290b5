package hypr

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// order is a command from the server to a workstation. It stays in the server's
// outbox until the workstation confirms it.
type order struct {
	Workstation string
	Number      uint64 // higher than that of any earlier order to it
	What        string // orderUnlock or orderRevoke
	User        string
	Phone       string // of orderRevoke
}

const (
	orderUnlock = "unlock_user"  // ends a directory lock-out (H27)
	orderRevoke = "revoke_phone" // deletes the sets and pairing of a lost phone
)

func (m *order) fields(f authn.Fields) {
	f.Text(&m.Workstation)
	f.U64(&m.Number)
	f.Text(&m.What, &m.User, &m.Phone)
	f.Require(m.What == orderUnlock || m.What == orderRevoke)
}

// orderDone confirms that a workstation has carried out all orders up to a
// number.
type orderDone struct {
	Workstation string
	Number      uint64
}

func (m *orderDone) fields(f authn.Fields) {
	f.Text(&m.Workstation)
	f.U64(&m.Number)
}

// auditReport sends the server a site's events since its last report (H41).
type auditReport struct {
	Site    string
	After   uint64 // number of the last entry that the server has confirmed or that was sent before these
	Entries []auditEntry
}

// auditEntry is one event on its way to the audit trail.
type auditEntry struct {
	Seq                         uint64
	At                          time.Time
	Kind, Subject, Result, Rule string
	Phone, Workstation          string
}

// maxEntries is the maximum number of entries in a report; a longer list is
// split.
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

// auditTaken confirms a site's entries up to a number.
type auditTaken struct {
	Site string
	Seq  uint64
}

func (m *auditTaken) fields(f authn.Fields) {
	f.Text(&m.Site)
	f.U64(&m.Seq)
}

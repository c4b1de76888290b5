package hypr

import (
	"crypto/ed25519"
	"strings"

	"github.com/offauth/offauth/authn"
)

// reported is the number of the last event that a site has reported to the
// server.
type reported struct {
	Seq uint64 `json:"seq"`
}

const (
	recordReported = "hypr/reported"
	taken          = "hypr/audit/" // at the server, by site
)

// auditNames returns the events of the audit trail with their names. The names
// are ours, since HYPR's were not found (H40).
func auditNames() map[authn.Kind]string {
	return map[authn.Kind]string{
		authn.EventRefused:       "OFFLINE_ACTION_REFUSED",
		EventPaired:              "WORKSTATION_PAIRED",
		EventUnpaired:            "WORKSTATION_UNPAIRED",
		EventOnlineAuthenticated: "WORKSTATION_ONLINE_LOGIN",
		EventUnlocked:            "WORKSTATION_UNLOCKED",
		EventPINsIssued:          "OFFLINE_PINS_ISSUED",
		EventPINsStored:          "OFFLINE_PINS_STORED",
		EventPINsConfirmed:       "OFFLINE_PINS_CONFIRMED",
		EventPINsDeleted:         "OFFLINE_PINS_DELETED",
		EventPINsExpired:         "OFFLINE_PINS_EXPIRED",
		EventPINShown:            "OFFLINE_PIN_DISPLAYED",
		EventPINsLow:             "OFFLINE_PINS_LOW",
		EventPINsExhausted:       "OFFLINE_PINS_EXHAUSTED",
		EventDirectoryLocked:     "DIRECTORY_LOCKOUT",
	}
}

// report sends the server a site's events since the last confirmed report
// (H41).
func report(h authn.Host, signer ed25519.PrivateKey) error {
	var done reported
	if _, err := h.Shelf.Load(recordReported, &done, nil); err != nil {
		return err
	}
	events, err := h.Journal(done.Seq)
	if err != nil {
		return err
	}
	names := auditNames()
	m := auditReport{Site: string(h.Site), After: done.Seq}
	flush := func() {
		if len(m.Entries) > 0 {
			h.Send(authn.SiteServer, msgAuditReport, encode(msgAuditReport, &m, signer))
			m.After, m.Entries = m.Entries[len(m.Entries)-1].Seq, nil
		}
	}
	for _, e := range events {
		if _, ok := names[e.Kind]; !ok || fromOtherFamily(e) {
			continue
		}
		m.Entries = append(m.Entries, auditEntry{
			Seq: e.Seq, At: e.At, Kind: string(e.Kind), Subject: e.Subject, Result: e.Result, Rule: string(e.Rule),
			Phone: field(e, "phone"), Workstation: field(e, "workstation"),
		})
		if len(m.Entries) == maxEntries {
			flush()
		}
	}
	flush()
	return nil
}

// fromOtherFamily reports whether an event is a refusal by another family. A
// phone may have several apps, and each reports only its own events.
func fromOtherFamily(e authn.Event) bool {
	return e.Kind == authn.EventRefused && e.Rule != "" && e.Rule[0] != 'H' && e.Rule[0] != 'A'
}

func field(e authn.Event, name string) string {
	text, _ := e.Fields[name].(string)
	return text
}

// auditTakenBy records which of a site's events the server has confirmed.
func auditTakenBy(h authn.Host, m authn.Message) error {
	var t auditTaken
	var self struct {
		User   string `json:"user"`
		Server []byte `json:"server"`
	}
	if _, err := h.Shelf.Load(recordKeys, &self, nil); err != nil {
		return err
	}
	if decode(msgAuditTaken, m.Body, &t) != nil {
		return h.Refuse(m, "malformed")
	}
	if !signedBy(m.Body, self.Server) || t.Site != string(h.Site) {
		return h.Refuse(m, "not_authentic")
	}
	var done reported
	if _, err := h.Shelf.Load(recordReported, &done, nil); err != nil {
		return err
	}
	if t.Seq <= done.Seq {
		return h.Refuse(m, "replayed")
	}
	return h.Shelf.Save(recordReported, reported{Seq: t.Seq}, nil)
}

// plain reports whether all entries are events of the audit trail, with texts
// that are safe in a log.
func (m *auditReport) plain() bool {
	names := auditNames()
	for _, a := range m.Entries {
		if _, ok := names[authn.Kind(a.Kind)]; !ok {
			return false
		}
		for _, s := range []string{a.Subject, a.Result, a.Rule, a.Phone, a.Workstation} {
			if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
				return false
			}
		}
	}
	return true
}

// auditReport takes the new entries in order, each once, even if a report
// arrives several times (H41).
func (s Server) auditReport(m authn.Message) error {
	var r auditReport
	if decode(msgAuditReport, m.Body, &r) != nil {
		return s.Refuse(m, "malformed")
	}
	from, there, err := s.peer(m.From)
	if err != nil {
		return err
	}
	if !there || from.Revoked || !signedBy(m.Body, from.Sign) || r.Site != string(m.From) {
		return s.Refuse(m, "not_authentic")
	}
	var last reported
	if _, err := s.Shelf.Load(taken+r.Site, &last, nil); err != nil {
		return err
	}
	if r.After > last.Seq {
		return s.Refuse(m, "out_of_order") // the previous report was lost; both are sent again
	}
	if !r.plain() {
		return s.Refuse(m, "malformed")
	}
	for _, a := range r.Entries {
		if a.Seq <= last.Seq {
			continue
		}
		last.Seq = a.Seq
		s.Emit(authn.Event{
			Kind: EventAudited, Subject: a.Subject, Result: a.Result, Rule: authn.RuleID(a.Rule),
			Fields: map[string]any{
				"event": a.Kind, "from": r.Site, "number": int64(a.Seq), "happened_at": a.At.UnixMilli(),
				"phone": a.Phone, "workstation": a.Workstation, "user": from.User,
			},
		})
	}
	if err := s.Shelf.Save(taken+r.Site, last, nil); err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	answer := auditTaken{Site: r.Site, Seq: last.Seq}
	s.Send(m.From, msgAuditTaken, encode(msgAuditTaken, &answer, k.Signer()))
	return nil
}

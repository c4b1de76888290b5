package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// enterWrong enters a failure that is counted, at the server or here.
func (b *book) enterWrong(e authn.Event) {
	switch e.Site.Role() {
	case authn.RoleServer:
		if e.Text("phone") != "" { // one of encap
			return
		}
		b.report()
		b.accountOf(e.Subject).wrong++
		b.wrongHome = append(b.wrongHome, e)
	case authn.RoleWorkstation:
		b.dataOf(deskOf(e)).wrong++
		b.wrongHere = append(b.wrongHere, e)
	}
}

// enterData enters data that has come whole.
func (b *book) enterData(e authn.Event) {
	d := b.dataOf(deskOf(e))
	b.taken = true
	serial := e.Text("serial")
	if serial != d.serial {
		d.used = -1
	}
	if known := b.digipasses[serial]; known != nil {
		d.used = max(d.used, known.used)
	}
	d.serial, d.number, d.present, d.primed = serial, e.Number("number"), true, true
	d.issued = b.At(authn.SiteServer, e.At)
	if known := b.digipasses[serial]; known != nil {
		d.drift, d.reach = b.drift, time.Duration(b.Setting(onespan.KeyOTPWindow, 20)*known.seconds)*time.Second
	}
	d.left, d.wrong = e.Number("uses"), 0
	d.locked, d.cleared, d.excused, d.over = false, false, false, false
	expires, err := time.Parse(time.RFC3339Nano, e.Text("expires_at"))
	d.timed, d.expires = err == nil, expires
}

// enterDataGone enters data that was deleted or has expired.
func (b *book) enterDataGone(e authn.Event) {
	d := b.dataOf(deskOf(e))
	if e.Kind == onespan.EventDataExpired {
		d.over, d.excused = true, true
		return
	}
	d.present, d.wrong = false, 0
	if e.Text("reason") == onespan.ReasonLocked {
		d.locked = true
		b.locksHere++
	}
}

// enterLogon enters an unlocked workstation.
func (b *book) enterLogon(e authn.Event) {
	d := b.dataOf(deskOf(e))
	d.wrong = 0
	if left, ok := e.Fields["left"].(int64); ok {
		d.left = left
	}
	if e.Text("mode") != onespan.ModeOffline {
		return
	}
	if _, value, ok := b.typedCode(d.serial); ok {
		d.used = max(d.used, value)
	}
}

// end takes what the Action gave: what the workstation heard, and what
// has reached its end.
func (b *book) end() {
	if b.by.ws != "" {
		b.endContact()
	}
	for k, d := range b.data {
		if d.present && d.timed && !d.over && !b.Now(authn.Workstation(k.ws)).Before(d.expires) {
			d.over = true
		}
	}
}

// endContact takes what a workstation and the server have told each other.
func (b *book) endContact() {
	d := b.dataOf(b.by)
	lost := b.Damaged() || b.Seen.Crashed
	if b.serial != "" && !b.taken && lost {
		d.excused = true // the server may have made newer data, which was lost on its way
	}
	if !b.heard {
		return
	}
	b.limits[b.by.ws] = b.Setting(onespan.KeyMaxFailures, 3)
	if b.serial != "" {
		d.wrong = 0
	}
	for k, of := range b.data { // each side tells the other of everybody's
		known := b.digipasses[of.serial]
		if k.ws == b.by.ws && known != nil && (k != b.by || b.serial == "" || b.serial == of.serial) {
			known.used = max(known.used, of.used)
			of.used = known.used
		}
	}
}

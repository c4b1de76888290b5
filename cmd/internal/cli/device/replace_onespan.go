package device

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

// droppedJSON is the Digipass of a lost phone.
type droppedJSON struct {
	Serial string `json:"serial"`
	// Workstations are those where its codes still log on offline, until they
	// next talk to the server, whoever logs on there (O49).
	Workstations []string `json:"workstations"`
}

// droppedOf reads which Digipass died with a phone, or nil.
func droppedOf(out authn.Outcome, snap authn.Snapshot) *droppedJSON {
	for _, e := range out.Events {
		serial, ok := e.Fields["serial"].(string)
		if e.Kind != onespan.EventAuthenticatorDropped || !ok {
			continue
		}
		j := &droppedJSON{Serial: serial, Workstations: []string{}}
		for _, w := range snap.Workstations {
			for _, v := range w.Data {
				if v.Serial == serial && v.Present {
					j.Workstations = append(j.Workstations, w.Name)
				}
			}
		}
		return j
	}
	return nil
}

// droppedReport says it.
func droppedReport(d *app.Deps, rep *app.Report, j replaceJSON) {
	if j.Digipass == nil {
		return
	}
	rep.Lines = append(rep.Lines, fmt.Sprintf("dead   the server takes no one-time password of the Digipass %s any more", j.Digipass.Serial))
	for _, ws := range j.Digipass.Workstations {
		rep.Lines = append(rep.Lines, fmt.Sprintf("waits  its one-time passwords still log on offline at %s, until anybody's next logon there reaches the server (O49)", ws))
	}
	rep.Hints = append(rep.Hints, "offauth admin authenticator assign "+j.New+" --type time")
}

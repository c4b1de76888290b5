package sim

import "github.com/offauth/offauth/authn"

// restartDevice starts a phone's app again. The families say what that ends;
// what they keep on disk stays as it is (A6).
func (p *pass) restartDevice(a authn.RestartDevice) (authn.RestartDeviceResult, error) {
	r := authn.RestartDeviceResult{Phone: a.Phone}
	if _, err := p.device(a.Phone); err != nil {
		return r, err
	}
	p.happened(authn.Phone(a.Phone), EventDeviceRestarted, a.Phone, "A6", nil)
	var err error
	if r.Hidden, r.Cancelled, err = p.phone(a.Phone).Restart(); err != nil {
		return r, err
	}
	closed, err := p.encapPhone(a.Phone).Restart()
	r.Cancelled = r.Cancelled || closed
	return r, err
}

// restartWorkstation boots a workstation again, which locks it.
func (p *pass) restartWorkstation(a authn.RestartWorkstation) (authn.RestartWorkstationResult, error) {
	r := authn.RestartWorkstationResult{Workstation: a.Workstation}
	rec, err := p.computer(a.Workstation)
	if err != nil {
		return r, err
	}
	p.happened(authn.Workstation(a.Workstation), EventWorkstationRestarted, a.Workstation, "A6", nil)
	if rec.Family == authn.FamilyOneSpan {
		r.Already, err = p.onespanWorkstation(a.Workstation).Restart()
		return r, err
	}
	r.Already, err = p.workstation(a.Workstation).Restart()
	return r, err
}

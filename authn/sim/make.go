package sim

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// The records that say what was made, in which order.
const (
	recordDevice = "device" // of a phone or a workstation, at its own site
	users        = "user/"  // at the server
)

// userRecord is a user of the directory.
type userRecord struct {
	Made    uint64    `json:"made"`
	AddedAt time.Time `json:"added_at"`
	Roaming bool      `json:"roaming,omitempty"`
}

// deviceRecord is what a phone or a workstation is.
type deviceRecord struct {
	Made     uint64           `json:"made"`
	AddedAt  time.Time        `json:"added_at"`
	User     string           `json:"user,omitempty"`
	Platform string           `json:"platform,omitempty"`
	Family   authn.FamilyName `json:"family,omitempty"`
	Version  string           `json:"version,omitempty"`
	// ReplacedBy is the phone that took this one's place.
	ReplacedBy string `json:"replaced_by,omitempty"`
}

func (p *pass) addUser(a authn.AddUser) error {
	if err := authn.CheckName(a.Name); err != nil {
		return badArgument("user " + quote(a.Name) + ": " + err.Error())
	}
	taken, err := p.taken(roleUser, a.Name)
	if err != nil {
		return err
	}
	if taken != "" {
		return alreadyThere("user", taken, "offauth admin user list")
	}
	if err := p.spell(roleUser, a.Name); err != nil {
		return err
	}
	p.clock.Made++
	p.happened(authn.SiteServer, authn.EventUserAdded, a.Name, "", map[string]any{"roaming": a.Roaming})
	if a.Roaming {
		if err := p.server().Roam(a.Name); err != nil {
			return err
		}
	}
	return p.save(authn.SiteServer, users+a.Name, userRecord{Made: p.clock.Made, AddedAt: p.now, Roaming: a.Roaming}, nil)
}

func (p *pass) addWorkstation(a authn.AddWorkstation) error {
	if a.Family != authn.FamilyHYPR && a.Family != authn.FamilyOneSpan {
		return badArgument("the family " + quote(string(a.Family)) + " has no workstations here; there are: hypr, onespan")
	}
	if a.NoTray && a.Family != authn.FamilyOneSpan {
		return badArgument("the Tray Agent is of the family onespan; " + string(a.Family) + " has none to leave out")
	}
	rec := deviceRecord{Family: a.Family, Version: a.Version}
	site := authn.Workstation(a.Name)
	if err := p.makeSite(site, &rec); err != nil {
		return err
	}
	if a.Family == authn.FamilyOneSpan {
		ws := p.onespanWorkstation(a.Name)
		if err := ws.Join(a.NoTray); err != nil {
			return err
		}
		return p.enrolled(site, rec, EventWorkstationAdded, ws.Joined)
	}
	ws := p.workstation(a.Name)
	if err := ws.Enrol(orNewest(a.Version)); err != nil {
		return err
	}
	return p.enrolled(site, rec, EventWorkstationAdded, ws.Enrolled)
}

func (p *pass) registerDevice(a authn.RegisterDevice) error {
	if err := p.userExists(a.User); err != nil {
		return err
	}
	if a.Platform == "" {
		a.Platform = "android"
	}
	if a.Platform != "android" && a.Platform != "ios" {
		return badArgument("a phone's platform is android or ios")
	}
	rec := deviceRecord{User: a.User, Platform: a.Platform, Version: a.Version}
	site := authn.Phone(a.Name)
	if err := p.makeSite(site, &rec); err != nil {
		return err
	}
	phone := p.phone(a.Name)
	if err := phone.Enrol(a.User, a.Platform, orNewest(a.Version)); err != nil {
		return err
	}
	return p.enrolled(site, rec, EventPhoneRegistered, phone.Enrolled)
}

func orNewest(version string) string {
	if version == "" {
		return authn.NewestVersion
	}
	return version
}

// makeSite keeps what a new site is.
func (p *pass) makeSite(site authn.Site, rec *deviceRecord) error {
	if err := authn.CheckName(site.Name()); err != nil {
		return badArgument(string(site.Role()) + " " + quote(site.Name()) + ": " + err.Error())
	}
	taken, err := p.taken(site.Role(), site.Name())
	if err != nil {
		return err
	}
	if taken != "" {
		return alreadyThere(string(site.Role()), taken, "offauth device status", "offauth workstation list")
	}
	if err := p.spell(site.Role(), site.Name()); err != nil {
		return err
	}
	p.clock.Made++
	if err := authn.CheckVersion(orNewest(rec.Version)); err != nil {
		return badArgument("version " + quote(rec.Version) + ": " + err.Error())
	}
	rec.Made, rec.AddedAt, rec.Version = p.clock.Made, p.now, orNewest(rec.Version)
	return p.save(site, recordDevice, *rec, nil)
}

// enrolled ends the making of a site. Where the server did not answer, the
// site is unmade: there is nothing that it could do.
func (p *pass) enrolled(site authn.Site, rec deviceRecord, kind authn.Kind, answered func() (bool, error)) error {
	if err := p.pump(); err != nil {
		return err
	}
	ok, err := answered()
	if err != nil {
		return err
	}
	if ok {
		fields, subject := map[string]any{"version": rec.Version}, site.Name()
		if site.Role() == authn.RoleProvider {
			fields = nil
		}
		if rec.User != "" {
			fields["phone"], subject = site.Name(), rec.User
		}
		p.happened(site, kind, subject, "", fields)
		return nil
	}
	names, err := p.keys(site, "")
	if err != nil {
		return err
	}
	for _, key := range names {
		if err := p.remove(key.Site, key.Name); err != nil {
			return err
		}
	}
	if err := p.unspell(site.Role(), site.Name()); err != nil {
		return err
	}
	rule := authn.RuleID("H46")
	switch {
	case site.Role() == authn.RoleProvider:
		rule = "E19"
	case rec.Family == authn.FamilyOneSpan:
		rule = "O12"
	}
	hints := []string{"offauth link show"}
	if len(p.cutOff(authn.SiteServer)) > 0 {
		hints = []string{"offauth link set server up"}
	}
	return &authn.Refusal{
		Code: authn.CodeServerUnreachable, Rule: rule, Site: site, Subject: site.Name(),
		Message: fmt.Sprintf("the server did not answer, so %s was not added", site),
		Hints:   hints,
	}
}

// device finds a phone, or says that there is none of that name.
func (p *pass) device(name string) (deviceRecord, error) {
	var rec deviceRecord
	there, err := p.load(authn.Phone(name), recordDevice, &rec, nil)
	if err == nil && !there {
		err = noSuch(CodeNoPhone, "phone", name, "offauth device status")
	}
	return rec, err
}

// computer finds a workstation, or says that there is none of that name.
func (p *pass) computer(name string) (deviceRecord, error) {
	var rec deviceRecord
	there, err := p.load(authn.Workstation(name), recordDevice, &rec, nil)
	if err == nil && !there {
		err = noSuch(CodeNoWorkstation, "workstation", name, "offauth workstation list")
	}
	return rec, err
}

func (p *pass) userExists(name string) error {
	there, err := p.load(authn.SiteServer, users+name, nil, nil)
	if err == nil && !there {
		err = noSuch(CodeNoUser, "user", name, "offauth admin user list")
	}
	return err
}

// siteExists reports whether a site can be cut off or put out of time.
func (p *pass) siteExists(site authn.Site) error {
	switch site.Role() {
	case authn.RolePhone:
		_, err := p.device(site.Name())
		return err
	case authn.RoleWorkstation:
		_, err := p.computer(site.Name())
		return err
	case authn.RoleProvider:
		return p.provider(site.Name())
	}
	if site == authn.SiteServer {
		return nil
	}
	return noSuch(CodeNoSite, "site", string(site), "offauth link show")
}

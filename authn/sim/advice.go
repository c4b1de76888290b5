package sim

import "github.com/offauth/offauth/authn"

// advise adds to a phone's refusal what the phone itself cannot know and
// helpdesk asks first: is there another phone of this user that has PINs for
// the workstation?
func (p *pass) advise(r *authn.Refusal) error {
	if r.Site.Role() != authn.RolePhone || r.Code != "not_paired" && r.Code != "not_primed" {
		return nil
	}
	mine, err := p.device(r.Site.Name())
	if err != nil {
		return err
	}
	sites, err := p.phoneSites()
	if err != nil {
		return err
	}
	for _, site := range sites {
		other, err := p.device(site.Name())
		if err != nil {
			return err
		}
		if site == r.Site || other.User != mine.User || other.ReplacedBy != "" {
			continue
		}
		has, err := p.phone(site.Name()).HasPINs(r.Subject)
		if err != nil {
			return err
		}
		if has {
			r.Hints = append(r.Hints, "offauth device unlock "+r.Subject+" --phone "+site.Name())
		}
	}
	return nil
}

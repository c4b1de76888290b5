package sim

import "github.com/offauth/offauth/authn"

// reveal returns the text of a secret, for the sealed half of a recorded move.
// Only a world that was created for recording stores typed secrets.
func reveal(s authn.Secret) string { return s.Reveal() }

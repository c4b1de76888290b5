package sim

import "github.com/offauth/offauth/authn"

// reveal returns a secret to the sealed half of a recorded move. Whoever made
// the world asked for that; no other world keeps what was typed.
func reveal(s authn.Secret) string { return s.Reveal() }

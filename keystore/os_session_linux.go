package keystore

import (
	"slices"

	"github.com/godbus/dbus/v5"
)

// The names of the Secret Service,
// https://specifications.freedesktop.org/secret-service/.
const (
	secretService    = "org.freedesktop.secrets"
	secretRoot       = dbus.ObjectPath("/org/freedesktop/secrets")
	secretLogin      = secretRoot + "/collection/login"
	secretDefault    = secretRoot + "/aliases/default"
	secretNone       = dbus.ObjectPath("/") // no dialog is wanted
	secretInterface  = "org.freedesktop.Secret."
	openSession      = secretInterface + "Service.OpenSession"
	searchItems      = secretInterface + "Collection.SearchItems"
	createItem       = secretInterface + "Collection.CreateItem"
	getSecret        = secretInterface + "Item.GetSecret"
	getProperty      = "org.freedesktop.DBus.Properties.Get"
	secretPlainText  = "text/plain; charset=utf8"
	secretUnsealed   = "plain"
	secretIsPassword = "Password for '"
)

// shortcut keeps for the whole process what go-keyring sets up and takes down
// in every call: the session in which secrets are handed over, and which
// collection they lie in. A get then takes two messages instead of seven, and
// a set one instead of five; each wakes three processes.
//
// It does only what goes smoothly. A keyring that is locked, asks somebody, was
// started again or has no such item is left to go-keyring, which begins anew
// and has the last word: false means that, and never that something is wrong.
//
// It is used by one call at a time.
type shortcut struct {
	bus                 *dbus.Conn
	session, collection dbus.ObjectPath
}

// secret is a value as the Secret Service hands it over.
type secret struct {
	Session           dbus.ObjectPath
	Parameters, Value []byte
	ContentType       string
}

// get gives an item's text.
func (s *shortcut) get(service, user string) (text string, ok bool) {
	if !s.begin() {
		return "", false
	}
	var found []dbus.ObjectPath
	err := s.bus.Object(secretService, s.collection).Call(searchItems, 0, attributes(service, user)).Store(&found)
	if err != nil || len(found) == 0 {
		return "", s.giveUp()
	}
	var kept secret
	if s.bus.Object(secretService, found[0]).Call(getSecret, 0, s.session).Store(&kept) != nil {
		return "", s.giveUp()
	}
	return string(kept.Value), true
}

// set keeps an item, under the label that go-keyring gives it.
func (s *shortcut) set(service, user, text string) (ok bool) {
	if !s.begin() {
		return false
	}
	properties := map[string]dbus.Variant{
		secretInterface + "Item.Label":      dbus.MakeVariant(secretIsPassword + user + "' on '" + service + "'"),
		secretInterface + "Item.Attributes": dbus.MakeVariant(attributes(service, user)),
	}
	value := secret{Session: s.session, Parameters: []byte{}, Value: []byte(text), ContentType: secretPlainText}
	var item, dialog dbus.ObjectPath
	err := s.bus.Object(secretService, s.collection).Call(createItem, 0, properties, value, true).Store(&item, &dialog)
	return err == nil && dialog == secretNone || s.giveUp()
}

// begin opens the session, unless it is open.
func (s *shortcut) begin() (ok bool) {
	if s.session != "" && s.bus.Connected() {
		return true
	}
	bus, err := dbus.SessionBus()
	if err != nil {
		return false
	}
	root := bus.Object(secretService, secretRoot)
	// Both questions are asked before either answer is waited for.
	opened := root.Go(openSession, 0, nil, secretUnsealed, dbus.MakeVariant(""))
	listed := root.Go(getProperty, 0, nil, secretInterface+"Service", "Collections")
	var ignored dbus.Variant
	var session dbus.ObjectPath
	var collections []dbus.ObjectPath
	if (<-opened.Done).Store(&ignored, &session) != nil || (<-listed.Done).Store(&collections) != nil {
		return false
	}
	s.bus, s.session, s.collection = bus, session, secretDefault
	if slices.Contains(collections, secretLogin) {
		s.collection = secretLogin
	}
	return true
}

// giveUp forgets the session: it may be what is wrong.
func (s *shortcut) giveUp() (ok bool) {
	s.session = ""
	return false
}

func attributes(service, user string) map[string]string {
	return map[string]string{"service": service, "username": user}
}

package keystore_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/offauth/offauth/keystore"
)

// messages is somebody who listens to all that goes over the bus.
type messages struct {
	t     *testing.T
	heard chan *dbus.Message
	mark  *dbus.Conn
}

func listen(t *testing.T) *messages {
	t.Helper()
	m := &messages{t: t, heard: make(chan *dbus.Message, 1000)}
	monitor, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { monitor.Close() })
	if m.mark, err = dbus.ConnectSessionBus(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.mark.Close() })
	rules := []string{"type='method_call'"}
	if err := monitor.BusObject().Call("org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, rules, uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
	monitor.Eavesdrop(m.heard)
	return m
}

// during gives what the keyring was called while something was done.
func (m *messages) during(do func()) (calls []string) {
	m.t.Helper()
	do()
	// The bus keeps the order, so nothing of it comes after this.
	const end = "GetId"
	if err := m.mark.BusObject().Call("org.freedesktop.DBus."+end, 0).Err; err != nil {
		m.t.Fatal(err)
	}
	for message := range m.heard {
		to, _ := message.Headers[dbus.FieldDestination].Value().(string)
		member, _ := message.Headers[dbus.FieldMember].Value().(string)
		switch {
		case member == end:
			return calls
		case to == "org.freedesktop.secrets":
			calls = append(calls, member)
		}
	}
	return calls
}

// A session that is kept spares most of what goes over the bus, and what was
// kept in it is what every other program reads.
func TestTheKeyringsSessionIsOpenedOnce(t *testing.T) {
	inSession(t, func(t *testing.T) {
		startService(t)
		v := keystore.NewOSVault(patient)
		item := someID + "/gen"
		heard := listen(t)
		value := []byte("first")
		set := func() {
			if err := v.Set(t.Context(), item, value); err != nil {
				t.Fatal(err)
			}
		}
		get := func() {
			if got, err := v.Get(t.Context(), item); err != nil || !bytes.Equal(got, value) {
				t.Fatalf("%q, %v", got, err)
			}
		}
		equalCalls(t, heard.during(set), "OpenSession", "Get", "CreateItem")
		equalCalls(t, heard.during(get), "SearchItems", "GetSecret")
		value = []byte("second")
		equalCalls(t, heard.during(set), "CreateItem")
		equalCalls(t, heard.during(get), "SearchItems", "GetSecret")
		if got := secretTool(t, "", "lookup", "service", "offauth", "username", item); got != base64.StdEncoding.EncodeToString(value) {
			t.Errorf("secret-tool reads %q", got)
		}
	})
}

// What the session that was kept is of no use for is done as if there were
// none: the keyring was started again, or locked in between.
func TestAKeyringsSessionThatIsGoneIsNoTrouble(t *testing.T) {
	inSession(t, func(t *testing.T) {
		s := startService(t)
		v := keystore.NewOSVault(patient)
		item := someID + "/gen"
		for i, change := range []func(){
			func() {},
			func() { s.end(); s = startService(t) },
			func() { s.lock(); s.end(); s = startService(t) },
		} {
			change()
			value := []byte{byte(i)}
			if err := v.Set(t.Context(), item, value); err != nil {
				t.Error(i, err)
			}
			change()
			if got, err := v.Get(t.Context(), item); err != nil || !bytes.Equal(got, value) {
				t.Errorf("%d: %q, %v", i, got, err)
			}
		}
	})
}

func equalCalls(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the keyring was called %q, want %q", got, want)
	}
}

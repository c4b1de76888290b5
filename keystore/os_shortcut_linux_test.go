package keystore_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"syscall"
	"testing"
	"time"

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
	calls = m.until(end)
	return calls[:len(calls)-1]
}

// until gives what the keyring was called up to a call of that name.
func (m *messages) until(end string) (calls []string) {
	m.t.Helper()
	for {
		select {
		case message := <-m.heard:
			to, _ := message.Headers[dbus.FieldDestination].Value().(string)
			member, _ := message.Headers[dbus.FieldMember].Value().(string)
			if to == "org.freedesktop.secrets" || member == end {
				calls = append(calls, member)
			}
			if member == end {
				return calls
			}
		case <-time.After(patient):
			m.t.Fatalf("waited %s for the call %s", patient, end)
		}
	}
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

// A keyring that is expected has its session by the time that it is asked.
func TestAnExpectedKeyringIsAskedNothing(t *testing.T) {
	inSession(t, func(t *testing.T) {
		startService(t)
		v, other := keystore.NewOSVault(patient), keystore.NewOSVault(patient)
		item := someID + "/gen"
		if err := other.Set(t.Context(), item, []byte("kept")); err != nil {
			t.Fatal(err)
		}
		heard := listen(t)
		v.Expect()
		got := heard.until("Get")
		equalCalls(t, got, "OpenSession", "Get")
		equalCalls(t, heard.during(func() {
			if got, err := v.Get(t.Context(), item); err != nil || string(got) != "kept" {
				t.Errorf("%q, %v", got, err)
			}
		}), "SearchItems", "GetSecret")
	})
}

// One that hangs when it is expected is not called again until it returns.
func TestAnExpectedKeyringThatHangsIsGivenUp(t *testing.T) {
	inSession(t, func(t *testing.T) {
		s := startService(t)
		v := keystore.NewOSVault(300 * time.Millisecond)
		item := someID + "/gen"
		if err := v.Set(t.Context(), item, []byte("kept")); err != nil {
			t.Fatal(err)
		}
		s.signal(syscall.SIGSTOP)
		v = keystore.NewOSVault(300 * time.Millisecond)
		heard := listen(t)
		v.Expect()
		heard.until("OpenSession")
		for range 100 {
			if _, err := v.Get(t.Context(), item); !errors.Is(err, keystore.ErrTimeout) {
				t.Fatal(err)
			}
		}
		s.signal(syscall.SIGCONT)
		s.until("the stuck call has returned", func() bool {
			_, err := v.Get(t.Context(), item)
			return err == nil
		})
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

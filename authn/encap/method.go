package encap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// Method is an authentication method, as the server spells it.
type Method string

// The methods. A phone activates the online ones first (E3); the offline ones
// are added later, one at a time (E4).
const (
	Device                        Method = "DEVICE"
	DevicePIN                     Method = "DEVICE:PIN"
	Offline                       Method = "OFFLINE"
	OfflinePIN                    Method = "OFFLINE:PIN"
	OfflineStrongTouchID          Method = "OFFLINE:STRONG_TOUCH_ID"
	OfflineIOSFaceID              Method = "OFFLINE:IOS_FACE_ID"
	OfflineAndroidFingerprint     Method = "OFFLINE:ANDROID_FINGERPRINT"
	OfflineAndroidBiometricPrompt Method = "OFFLINE:ANDROID_BIOMETRIC_PROMPT"
)

// Methods lists them all, the online ones first. The place in the list, from
// 1, is the method's number on the wire.
func Methods() []Method {
	return []Method{
		Device, DevicePIN, Offline, OfflinePIN,
		OfflineStrongTouchID, OfflineIOSFaceID, OfflineAndroidFingerprint, OfflineAndroidBiometricPrompt,
	}
}

// OfflineMethods lists those that work without network (E1).
func OfflineMethods() []Method { return Methods()[2:] }

// Online reports whether the method needs the network.
func (m Method) Online() bool { return m == Device || m == DevicePIN }

// Offline reports whether the method is one of the six.
func (m Method) Offline() bool { return slices.Contains(OfflineMethods(), m) }

// WantsPIN reports whether the method takes a PIN.
func (m Method) WantsPIN() bool { return m == DevicePIN || m == OfflinePIN }

// Biometric reports whether the method takes a finger or a face.
func (m Method) Biometric() bool { return slices.Contains(Methods()[4:], m) }

// Platform returns the only platform with the method, or "" for all.
func (m Method) Platform() string {
	switch m {
	case OfflineStrongTouchID, OfflineIOSFaceID:
		return "ios"
	case OfflineAndroidFingerprint, OfflineAndroidBiometricPrompt:
		return "android"
	}
	return ""
}

// separators takes out the signs by which the spellings of a method differ.
var separators = strings.NewReplacer(":", "", "_", "", "-", "", " ", "")

// ParseMethod reads a method in the server's spelling or in that of an SDK, in
// any case: OFFLINE:PIN, offlinePin, OFFLINE_PIN, AuthMethod.offlinePin. The
// error is a Fault, "bad_argument".
func ParseMethod(text string) (Method, error) {
	key := separators.Replace(strings.ToLower(text))
	key = strings.TrimPrefix(strings.TrimPrefix(key, "authmethod."), ".")
	for _, m := range Methods() {
		if key == separators.Replace(strings.ToLower(string(m))) {
			return m, nil
		}
	}
	switch key {
	case "pin":
		return DevicePIN, nil
	case "offlinedevice":
		return Offline, nil
	case "offlinefaceid":
		return OfflineIOSFaceID, nil
	case "offlinefingerprint":
		return OfflineAndroidFingerprint, nil
	case "offlinebiometricprompt":
		return OfflineAndroidBiometricPrompt, nil
	}
	return "", authn.BadArgument(
		fmt.Sprintf("no method is called %q; there are %s", truncated(text), commaList(Methods())))
}

// parseMethods reads what an Action names, each once, in the order of Methods.
func parseMethods(named []Method) ([]Method, error) {
	found := map[Method]bool{}
	for _, n := range named {
		m, err := ParseMethod(string(n))
		if err != nil {
			return nil, err
		}
		found[m] = true
	}
	if len(found) == 0 {
		return nil, authn.BadArgument("name at least one method")
	}
	return slices.DeleteFunc(Methods(), func(m Method) bool { return !found[m] }), nil
}

// commaList lists methods with commas.
func commaList(methods []Method) string {
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = string(m)
	}
	return strings.Join(names, ",")
}

// truncated keeps what was typed from filling a message.
func truncated(text string) string {
	if len(text) > 80 {
		return text[:80] + "..."
	}
	return text
}

// fields reads or writes a method as its number.
func (m *Method) fields(f authn.Fields) { authn.PassOneOf(f, m, Methods()) }

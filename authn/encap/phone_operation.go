package encap

import (
	"crypto/ed25519"
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
)

// Scan is startOfflineAuthentication. It makes no network call (E19).
func (p Phone) Scan(text string) (ScanResult, error) {
	r, _, err := p.activatedAndIdle()
	if err != nil {
		return ScanResult{}, err
	}
	v, signed, signature, err := parseData(text)
	if err != nil || !ed25519.Verify(r.Server, signed, signature) {
		return ScanResult{},
			p.refuseData(r, "E11", "this is no verification data that "+p.Site.Name()+"'s server has signed", about{})
	}
	a := about{User: r.User, Provider: v.Provider, Session: v.Session, Method: v.Method}
	if v.Registration != r.ID {
		return ScanResult{},
			p.refuseData(r, "E18", "the verification data is for another registration than that of "+p.Site.Name(), a)
	}
	if !slices.Contains(r.Methods, v.Method) {
		return ScanResult{},
			p.refuse(CodeMethodNotActivated, "E18", fmt.Sprintf("%s is not activated on %s", v.Method, p.Site.Name()), a)
	}
	if err := p.refuseIfExpired(v, a); err != nil {
		return ScanResult{}, err
	}
	o := operation{
		Session: v.Session, Provider: v.Provider, Method: v.Method, Digits: v.Digits, Question: question(signed),
		Title: v.Title, Content: v.Content, MIME: v.MIME, Since: p.Env.Now(), Until: v.Expires,
	}
	if err := p.Shelf.Remove(recordClosed); err != nil {
		return ScanResult{}, err
	}
	p.SetTimer(timerOperation, v.Session, v.Expires)
	p.Happened(EventOperationStarted, p.Site.Name(), "E13",
		map[string]any{"phone": p.Site.Name(), "provider": v.Provider, "method": string(v.Method), "session": v.Session})
	return ScanResult{
		Phone: p.Site.Name(), Provider: v.Provider, Session: v.Session, Method: v.Method,
		Title: v.Title, Content: v.Content, MIME: v.MIME, ExpiresAt: v.Expires,
	}, p.Shelf.Save(recordOperation, o, nil)
}

// refuseData refuses data that is not for this phone, and hints at a challenge
// with a method of the phone.
func (p Phone) refuseData(r phoneRegistration, rule authn.RuleID, message string, a about) error {
	refused := p.refuse(CodeInvalidInput, rule, message, a)
	if i := slices.IndexFunc(r.Methods, Method.Offline); i >= 0 {
		refused.Hints = []string{"offauth provider challenge --method " + string(r.Methods[i])}
	}
	return refused
}

// refuseIfExpired refuses a session that has expired for this phone, and remembers it
// (E29, A8).
func (p Phone) refuseIfExpired(v data, a about) error {
	now, before, err := p.sessionOver(v)
	if err != nil || !now && !before {
		return err
	}
	if err := p.rememberExpired(v.Session); err != nil {
		return err
	}
	message := fmt.Sprintf("the session %s has expired", v.Session)
	if !now {
		message = fmt.Sprintf("%s saw the session %s expire before, and no clock brings it back", p.Site.Name(), v.Session)
	}
	return p.refuse(CodeSessionExpired, "E29", message, a)
}

// Approve is finishOfflineAuthentication. It makes no network call (E19), and
// it cannot tell whether the PIN was right (E24).
func (p Phone) Approve(a Approve) (ApproveResult, error) {
	o, open, err := p.operation()
	if err != nil {
		return ApproveResult{}, err
	}
	if !open {
		return ApproveResult{}, p.refuseNoOperation()
	}
	method, err := ParseMethod(string(a.Method))
	if err != nil {
		return ApproveResult{}, err
	}
	if method != o.Method {
		return ApproveResult{},
			p.refuse(CodeWrongMethod, "E14", fmt.Sprintf("%s asks for %s, not for %s", o.Provider, o.Method, method),
				about{Provider: o.Provider, Method: o.Method, Session: o.Session})
	}
	if err := p.checkPerson(method, a.PIN, a.Biometric); err != nil {
		return ApproveResult{}, err
	}
	r, s, there, err := p.registration()
	if err != nil {
		return ApproveResult{}, err
	}
	if !there {
		return ApproveResult{}, authn.ErrDamaged // nothing is scanned without a registration
	}
	answerer, err := newResponder(s.Shared, r.ID, method, o.Digits, o.Question, hashPIN(a.PIN))
	if err != nil {
		return ApproveResult{}, err
	}
	code, err := answerer.code()
	if err != nil {
		return ApproveResult{}, err
	}
	p.StopTimer(timerOperation, o.Session)
	p.Happened(EventCodeGiven, p.Site.Name(), "E21",
		map[string]any{"phone": p.Site.Name(), "provider": o.Provider, "method": string(method), "session": o.Session})
	return ApproveResult{
		Phone: p.Site.Name(), Provider: o.Provider, Session: o.Session, Method: method, Code: authn.NewSecret(code),
		ExpiresAt: o.Until,
	}, p.Shelf.Remove(recordOperation)
}

// biometrics counts the failures in a row (E34). They are the phone's, not a
// registration's.
type biometrics struct {
	Failures int  `json:"failures"`
	Locked   bool `json:"locked"`
}

// maxBiometricFailures is the number of failures in a row that locks biometrics
// (E34).
const maxBiometricFailures = 5

// checkPerson checks what a method asks of the person: that there is a PIN,
// which the phone cannot verify, or a finger or a face (E34).
func (p Phone) checkPerson(method Method, pin authn.Secret, check string) error {
	if method.WantsPIN() && pin.Empty() {
		return authn.BadArgument(fmt.Sprintf("%s wants a PIN", method))
	}
	if !method.Biometric() {
		return nil
	}
	if check != BiometricOK && check != BiometricFail {
		return authn.BadArgument(fmt.Sprintf("%s wants a biometric check, ok or fail", method))
	}
	var b biometrics
	if _, err := p.Shelf.Load(recordBiometrics, &b, nil); err != nil {
		return err
	}
	if b.Locked {
		return p.refuse(CodeBiometricsLocked, "E34", "biometrics are locked until the phone's passcode is entered",
			about{Method: method})
	}
	if check == BiometricOK {
		return p.Shelf.Save(recordBiometrics, biometrics{}, nil)
	}
	b.Failures++
	if b.Failures >= maxBiometricFailures {
		b.Locked = true
		p.Happened(EventBiometricsLocked, p.Site.Name(), "E34",
			map[string]any{"phone": p.Site.Name(), "failures": int64(b.Failures)})
	}
	if err := p.Shelf.Save(recordBiometrics, b, nil); err != nil {
		return err
	}
	r := p.refuse(CodeBiometricFailed, "E34", "the finger or the face was not recognised", about{Method: method})
	r.Fields["failures"] = int64(b.Failures)
	return r
}

// Passcode makes biometrics work again (E34).
func (p Phone) Passcode() (PasscodeResult, error) {
	var b biometrics
	if _, err := p.Shelf.Load(recordBiometrics, &b, nil); err != nil {
		return PasscodeResult{}, err
	}
	p.Happened(EventPasscodeEntered, p.Site.Name(), "E34", map[string]any{"phone": p.Site.Name(), fieldUnlocked: b.Locked})
	return PasscodeResult{Phone: p.Site.Name(), Unlocked: b.Locked}, p.Shelf.Save(recordBiometrics, biometrics{}, nil)
}

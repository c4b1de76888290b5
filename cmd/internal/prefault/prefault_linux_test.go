package prefault

import (
	"reflect"
	"syscall"
	"testing"
)

func TestTheKernelBringsBothIn(t *testing.T) {
	for what, err := range map[string]syscall.Errno{"heap": brought.heap, "code": brought.code} {
		switch err {
		case 0:
		case syscall.EINVAL, syscall.ENOSYS:
			t.Skipf("%s: this kernel does not know the advice: %v", what, err)
		default:
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTheCodeIsFound(t *testing.T) {
	start, size := code(auxiliary())
	here := reflect.ValueOf(TestTheCodeIsFound).Pointer()
	if page := uintptr(syscall.Getpagesize()); start%page != 0 || size%page != 0 || here < start || here >= start+size {
		t.Errorf("%#x lies not within %#x bytes from %#x", here, size, start)
	}
}

// What cannot be understood brings nothing in, and breaks nothing.
func TestAnUnknownVectorGivesNoCode(t *testing.T) {
	for _, aux := range [][]uintptr{
		nil, {auxHeaders}, {auxHeaders, 0}, {auxHeaderSize, 56, auxHeaderCount, 9}, {auxHeaders, 1 << 20, auxHeaderSize, 32, auxHeaderCount, 9},
		{auxHeaders, 1 << 20, auxHeaderSize, 56, auxHeaderCount, 0},
	} {
		if start, size := code(aux); start != 0 || size != 0 {
			t.Errorf("%v: %#x bytes from %#x", aux, size, start)
		}
	}
}

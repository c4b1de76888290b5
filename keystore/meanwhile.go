package keystore

// meanwhile begins what waits for another process, such as a keyring, and
// gives what waits for its end. So the caller's own work is done in the time
// that the other takes. A panic comes out where the end is waited for, as if
// nothing had been begun.
func meanwhile[T any](do func() (T, error)) (end func() (T, error)) {
	type answer struct {
		value T
		err   error
		cause any
	}
	given := make(chan answer, 1) // room, for nobody may wait for it
	go func() {
		var a answer
		defer func() {
			a.cause = recover()
			given <- a
		}()
		a.value, a.err = do()
	}()
	return func() (T, error) {
		a := <-given
		if a.cause != nil {
			panic(a.cause)
		}
		return a.value, a.err
	}
}

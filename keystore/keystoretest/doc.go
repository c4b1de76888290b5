// Package keystoretest says what every vault and every store must do. The
// tests of an implementation call [TestVault] or [TestStore] with a way of
// making one.
package keystoretest

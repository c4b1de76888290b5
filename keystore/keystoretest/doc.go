// Package keystoretest tests what every vault and every store must do. The
// tests of an implementation call [TestVault] or [TestStore] with a function
// that makes one.
package keystoretest

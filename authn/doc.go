// Package authn is the vocabulary of offauth: the types that every part of the
// simulator shares.
//
// A world is one simulation. It has sites (a server, phones, workstations,
// providers) that hold state and communicate only by encoded messages over
// links that can be cut. A person does an [Action]; the world answers with an
// [Outcome], or with a [Refusal] when the product says no, or with a [Fault]
// when offauth itself, or what it was given, is wrong. Everything that happened
// is stored as [Event]s, which never hold a secret.
//
// The package is pure. Time and randomness come from [Env] and storage from
// [Store]; there is no other ambient input. The rules of the simulator are in
// rules.txt, with ids that never change ([RuleByID]); every refusal names one.
//
// The package authn/family describes a family of products. The families are
// authn/hypr (offline PINs), authn/encap (a challenge in a QR code) and
// authn/onespan (one-time passwords, checked offline against data prepared in
// advance). The world that holds the sites together is authn/sim.
package authn

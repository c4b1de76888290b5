// Package authn is the vocabulary of offauth: the words in which every part
// of the simulator speaks of offline login.
//
// A world is one simulation. It has sites (a server, phones, workstations,
// providers) that hold state and speak to each other only in encoded
// messages over links that can be cut. A person does an [Action]; the world
// answers with an [Outcome], or with a [Refusal] when the product says no,
// or with a [Fault] when offauth itself, or what it was given, is wrong.
// What happened is kept as [Event]s that never hold a secret.
//
// The package is pure. Time and chance come in through [Env]; storage through
// [Store]; there is no other ambient input. The rules that the simulator
// obeys stand in rules.txt with ids that never change ([RuleByID]); every
// refusal names one.
//
// The package authn/family describes a family of products. The families are
// authn/hypr (offline PINs), authn/encap (a challenge in a QR code) and
// authn/onespan (one-time passwords and data made ahead of them). The world
// that holds the sites together is authn/sim.
package authn

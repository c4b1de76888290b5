package player_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/offauth/offauth/scenarios/player"
	"golang.org/x/crypto/argon2"
)

// BenchmarkEngine plays the offline cycle (lock, unlock, login, hide), alternating
// with the cryptographic primitives that the four Actions need. The difference is
// the time of the engine: "engine-µs/action".
func BenchmarkEngine(b *testing.B) {
	story := hypr(b, "  - repeat: 90\n    steps: [{call: offline_unlock}]\n")
	story.Policy = append(story.Policy, entries(row{"hypr.pins.count", 100})...)
	var played, primitives time.Duration
	actions := 0
	for b.Loop() {
		p, err := player.New(context.Background(), player.Instance{ID: "x", Story: story}, config())
		if err != nil {
			b.Fatal(err)
		}
		for range 3 { // the setup is not measured
			p.Next(context.Background())
		}
		began := time.Now()
		r := p.Play(context.Background())
		played += time.Since(began)
		if r.Status != player.Passed || r.Actions != 360 {
			b.Fatal(r.Status, r.Actions, r.Failures)
		}
		actions += r.Actions
		primitives += cryptography(b, 90)
	}
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 / float64(actions) }
	b.ReportMetric(each(played), "µs/action")
	b.ReportMetric(each(primitives), "crypto-µs/action")
	b.ReportMetric(each(played-primitives), "engine-µs/action")
}

// cryptography does the cryptography of a number of offline logins: it stretches a
// PIN, opens a copy of the login key, and signs with that key.
func cryptography(b *testing.B, times int) time.Duration {
	b.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for range times {
		key := argon2.IDKey([]byte("ABCD2345"), make([]byte, 16), player.CheapKDF().Time, player.CheapKDF().MemoryKiB, 1, 32)
		block, err := aes.NewCipher(key)
		if err != nil {
			b.Fatal(err)
		}
		box, err := cipher.NewGCM(block)
		if err != nil {
			b.Fatal(err)
		}
		nonce := make([]byte, box.NonceSize())
		if _, err := box.Open(nil, nonce, box.Seal(nil, nonce, private.Seed(), nil), nil); err != nil {
			b.Fatal(err)
		}
		if signature := ed25519.Sign(ed25519.NewKeyFromSeed(private.Seed()), nonce); !ed25519.Verify(public, nonce,
			signature) {
			b.Fatal("a signature is not good")
		}
	}
	return time.Since(began)
}

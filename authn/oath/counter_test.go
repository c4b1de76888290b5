package oath

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// If a new Go lays its states out in another way, codes stay right and become
// slower; this test says so. It stands inside because there is no door to it.
func TestThisGoHasTheFastWayForShortBlocks(t *testing.T) {
	for h := SHA1; h <= SHA512; h++ {
		for n := MinSecret; n < 200; n++ {
			secret := bytes.Repeat([]byte{byte(n)}, n)
			m, err := newMAC(h, secret, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := newCounterMAC(h, secret, m)
			if (c != nil) != (h != SHA512) {
				t.Fatalf("%s: %v", h, c)
			}
			for counter := uint64(1); c != nil && counter != 0; counter <<= 1 {
				if want := m.of(binary.BigEndian.AppendUint64(m.msg, counter)); !bytes.Equal(c.of(counter), want) {
					t.Fatalf("%s, %d bytes of secret, counter %d", h, n, counter)
				}
			}
		}
	}
}

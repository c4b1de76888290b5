package onespan

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"

	"github.com/offauth/offauth/authn"
)

// The sizes of OneSpan's block of hashes: a header of 44 bytes (serial 22,
// size 4, version 2, random diversifier 4, start 4, count 4, CRC 4), then 20
// bytes a hash. They are public; the order of the bytes, the polynomial of
// the CRC, and what fills the 20 bytes are ours (A10).
const (
	serialSize   = 22
	headerSize   = 44
	entrySize    = 20
	crcAt        = 40
	blockVersion = 1
	// maxEntries is how many hashes a block has at most, since 3.17.1.
	maxEntries = 12_000
)

// errBlock is the error of bytes that are not a block.
var errBlock = errors.New("malformed block of hashes")

// header describes a block: the values Start to Start+Count-1, which
// are time steps or event counters.
type header struct {
	Serial      string
	Diversifier uint32
	Start       uint32
	Count       uint32
}

// block is the hashes of consecutive one-time passwords.
type block struct {
	header
	// Entries has entrySize bytes a value.
	Entries []byte
}

// encode writes a block in the public layout.
func (b block) encode() []byte {
	raw := make([]byte, headerSize, headerSize+len(b.Entries))
	copy(raw, b.Serial)
	binary.BigEndian.PutUint32(raw[22:], uint32(headerSize+len(b.Entries)))
	binary.BigEndian.PutUint16(raw[26:], blockVersion)
	binary.BigEndian.PutUint32(raw[28:], b.Diversifier)
	binary.BigEndian.PutUint32(raw[32:], b.Start)
	binary.BigEndian.PutUint32(raw[36:], b.Count)
	raw = append(raw, b.Entries...)
	binary.BigEndian.PutUint32(raw[crcAt:], checksum(raw))
	return raw
}

// checksum is the CRC over a block with the CRC's own place as zeros. It finds
// damage; what holds off a hand is the seal around the block.
func checksum(raw []byte) uint32 {
	sum := crc32.NewIEEE()
	_, _ = sum.Write(raw[:crcAt])
	_, _ = sum.Write([]byte{0, 0, 0, 0})
	_, _ = sum.Write(raw[crcAt+4:])
	return sum.Sum32()
}

// decodeBlock reads what encode wrote, and nothing else. The entries are not
// copied.
func decodeBlock(raw []byte) (block, error) {
	var b block
	if len(raw) < headerSize || (len(raw)-headerSize)%entrySize != 0 {
		return b, errBlock
	}
	serial, ok := readSerial(raw[:serialSize])
	b.header = header{
		Serial: serial, Diversifier: binary.BigEndian.Uint32(raw[28:]),
		Start: binary.BigEndian.Uint32(raw[32:]), Count: binary.BigEndian.Uint32(raw[36:]),
	}
	b.Entries = raw[headerSize:]
	entries := uint32(len(b.Entries) / entrySize)
	switch {
	case !ok, binary.BigEndian.Uint32(raw[22:]) != uint32(len(raw)), binary.BigEndian.Uint16(raw[26:]) != blockVersion,
		b.Count != entries, entries > maxEntries, uint64(b.Start)+uint64(entries) > 1<<32,
		binary.BigEndian.Uint32(raw[crcAt:]) != checksum(raw):
		return block{}, errBlock
	}
	return b, nil
}

// readSerial reads a serial number that is filled up with zeros.
func readSerial(raw []byte) (string, bool) {
	text := strings.TrimRight(string(raw), "\x00")
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return "", false
		}
	}
	return text, true
}

// stateSize is that of OneSpan's state block, which holds the last use and the
// error counter. Its size is public; what stands where is ours (A10).
const (
	stateSize = 64
	stateCRC  = 60
)

// state is what each side tells the other at every contact (O21). The zero state
// means no data.
type state struct {
	Serial string
	// Number is the data's; 0 where there is none, and with Locked that of the
	// data that was deleted.
	Number uint64
	// Next is the lowest step or counter that was not used.
	Next uint64
	// Failures are the wrong offline tries in a row.
	Failures uint32
	// Locked is true if the offline attempts ran out (O35), Expired if the data
	// expired.
	Locked, Expired bool
}

func (s state) encode() []byte {
	raw := make([]byte, stateSize)
	copy(raw, s.Serial)
	binary.BigEndian.PutUint16(raw[22:], blockVersion)
	binary.BigEndian.PutUint64(raw[24:], s.Number)
	binary.BigEndian.PutUint64(raw[32:], s.Next)
	binary.BigEndian.PutUint32(raw[40:], s.Failures)
	for i, flag := range []bool{s.Locked, s.Expired} {
		if flag {
			raw[44+i] = 1
		}
	}
	binary.BigEndian.PutUint32(raw[stateCRC:], crc32.ChecksumIEEE(raw[:stateCRC]))
	return raw
}

// fields accepts what encode writes, and nothing else.
func (s *state) fields(f authn.Fields) {
	raw := s.encode()
	f.Raw(stateSize, &raw)
	if !f.Reading() {
		return
	}
	serial, ok := readSerial(raw[:serialSize])
	*s = state{
		Serial: serial, Number: binary.BigEndian.Uint64(raw[24:]), Next: binary.BigEndian.Uint64(raw[32:]),
		Failures: binary.BigEndian.Uint32(raw[40:]), Locked: raw[44] == 1, Expired: raw[45] == 1,
	}
	f.Require(ok && string(s.encode()) == string(raw))
}

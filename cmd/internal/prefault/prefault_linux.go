package prefault

import (
	"runtime"
	"syscall"
	"unsafe"
)

// Advice to madvise, known to Linux since 5.14.
const (
	populateRead  = 22
	populateWrite = 23
)

// heapPiece is the least that the Go heap grows by, from an address that is a
// multiple of it. Most commands need the first piece and no other.
const heapPiece = 4 << 20

// brought is what the kernel answered: 0, or why it brought nothing in.
var brought = struct{ heap, code syscall.Errno }{syscall.ENOSYS, syscall.ENOSYS}

func init() {
	runtime.MemProfileRate = 0 // nobody asks for the profile that each start takes samples for
	heap := uintptr(unsafe.Pointer(onHeap())) &^ (heapPiece - 1)
	brought.heap = advise(heap, heapPiece, populateWrite)
	if start, size := code(auxiliary()); size > 0 {
		brought.code = advise(start, size, populateRead)
	}
}

// onHeap gives something that lies on the heap and not on a stack, as it
// outlives the call and the compiler may not take the call away.
//
//go:noinline
func onHeap() *[1 << 10]byte { return new([1 << 10]byte) }

func advise(start, size, advice uintptr) syscall.Errno {
	_, _, err := syscall.RawSyscall(syscall.SYS_MADVISE, start, size, advice)
	return err
}

// The kinds of entries of the auxiliary vector, and of a program's headers.
const (
	auxHeaders, auxHeaderSize, auxHeaderCount = 3, 4, 5
	loaded, ownHeaders                        = 1, 6
	executable                                = 1
)

// auxiliary gives what the kernel told the process at its start, as pairs of
// kind and value; nil if that cannot be read.
func auxiliary() []uintptr {
	file, err := syscall.Open("/proc/self/auxv", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = syscall.Close(file) }() // it was only read
	var words [128]uintptr
	n, err := syscall.Read(file, unsafe.Slice((*byte)(unsafe.Pointer(&words)), unsafe.Sizeof(words)))
	if err != nil {
		return nil
	}
	return words[:n/int(unsafe.Sizeof(words[0]))]
}

// header is a program header of a 64-bit ELF file.
type header struct {
	kind, flags                                          uint32
	offset, address, physical, inFile, inMemory, aligned uint64
}

// code says where the program's code lies in memory, whole pages; size 0 means
// that it is not known.
func code(aux []uintptr) (start, size uintptr) {
	if unsafe.Sizeof(start) != 8 {
		return 0, 0
	}
	var at, each, count uintptr
	for i := 0; i+1 < len(aux); i += 2 {
		switch aux[i] {
		case auxHeaders:
			at = aux[i+1]
		case auxHeaderSize:
			each = aux[i+1]
		case auxHeaderCount:
			count = aux[i+1]
		}
	}
	if at == 0 || each != unsafe.Sizeof(header{}) {
		return 0, 0
	}
	var moved uintptr // by how much the kernel moved the program
	for _, h := range unsafe.Slice((*header)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), count) {
		switch {
		case h.kind == ownHeaders:
			moved = at - uintptr(h.address)
		case h.kind == loaded && h.flags&executable != 0 && size == 0:
			page := uintptr(syscall.Getpagesize())
			start = (uintptr(h.address) + moved) &^ (page - 1)
			size = uintptr(h.inMemory) &^ (page - 1)
		}
	}
	return start, size
}

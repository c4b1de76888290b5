// Package prefault has the kernel bring in at once what every start of the
// program touches: its code and its first megabytes of memory.
//
// A process gets its memory page by page. Each first touch interrupts it, and
// a start of offauth touches more than five hundred pages: the tables that linked
// packages make before main, and the code that makes them. On Linux two system
// calls in this package's init replace most of those interruptions
// (docs/adr/0012-what-a-start-touches-comes-at-once.md has the figures). They
// change nothing but times: what they ask for is there already or would have
// come at the first touch, and where a kernel does not know them the pages come
// one by one, as before.
//
// It is worth the most before the other packages' tables are made, so it imports
// nothing but syscall and what is ready before it: Go initialises packages in the order of their import
// paths, each as soon as all that it imports are.
package prefault

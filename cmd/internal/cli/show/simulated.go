package show

// What is said beside everything whose real format is not public (rule A10).

// SimulatedData is said beside what has a format of ours (rule A10).
const SimulatedData = "simulated: Encap's own format is not public; verification data and code are offauth's (A10)"

// SimulatedDigipass is said beside what is not OneSpan's own (rule A10).
const SimulatedDigipass = "simulated: the codes are those of RFC 4226 and 6238, not of OneSpan's own algorithm (A10)"

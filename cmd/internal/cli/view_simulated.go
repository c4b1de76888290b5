package cli

// What is said beside everything whose real format is not public (rule A10).

// simulatedData is said beside what has a format of ours (rule A10).
const simulatedData = "simulated: Encap's own format is not public; verification data and code are offauth's (A10)"

// simulatedDigipass is said beside what is not OneSpan's own (rule A10).
const simulatedDigipass = "simulated: the codes are those of RFC 4226 and 6238, not of OneSpan's own algorithm (A10)"

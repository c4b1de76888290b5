// Package value implements the values of scenarios and the references between them:
// ${path}, and sums. There are no other expressions, on purpose.
package value

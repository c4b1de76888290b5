// Package value has the values of scenarios and the references between them:
// ${path}, and sums. There is no other expression, on purpose.
package value

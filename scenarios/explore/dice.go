package explore

// dice draws what an exploration needs. It is splitmix64: small, and the same
// on every machine and under every version of Go.
type dice struct{ state uint64 }

// throw returns the dice of a seed and a number.
func throw(seed int64, n int) *dice {
	d := &dice{state: uint64(seed)}
	d.state = d.next() ^ uint64(n)*0x9e3779b97f4a7c15
	d.next()
	return d
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n returns a number from 0 to below most.
func (d *dice) n(most int) int { return int(d.next() % uint64(most)) }

// chance is true in a of b draws.
func (d *dice) chance(a, b int) bool { return d.n(b) < a }

// pick returns one of a list, which has at least one.
func pick[T any](d *dice, list ...T) T { return list[d.n(len(list))] }

// choice is something that can be drawn, with its weight.
type choice struct {
	weight int
	make   func() step
}

// choose draws one by its weight; false if none has any.
func choose(d *dice, choices []choice) (step, bool) {
	sum := 0
	for _, c := range choices {
		sum += c.weight
	}
	if sum == 0 {
		return step{}, false
	}
	at := d.n(sum)
	for _, c := range choices {
		if at -= c.weight; at < 0 {
			return c.make(), true
		}
	}
	return step{}, false
}

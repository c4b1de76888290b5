package hypr

// Restart restarts the app: it hides a visible PIN (H18) and cancels waiting
// taps (H15). A PIN that was shown stays spent.
func (p Phone) Restart() (hidden, cancelled bool, err error) {
	if hidden, err = p.wipe("", "restarted", "H18"); err != nil {
		return false, false, err
	}
	n, err := p.cancelTaps("restarted", "H15")
	if err != nil {
		return hidden, n > 0, err
	}
	err = p.eachComputer(func(c *computer) error {
		if c.Offer == "" {
			return nil
		}
		c.endOffer()
		return c.save()
	})
	return hidden, n > 0, err
}

// Restart reboots the workstation: it forgets its open challenges and locks the
// screen. Counts, locks and sets are kept (A6).
func (w Workstation) Restart() (already bool, err error) {
	names, err := w.Shelf.Names(asks)
	if err != nil {
		return false, err
	}
	for _, name := range append(names, recordCall) {
		w.StopTimer(timerAsk, name)
		if err := w.Shelf.Remove(name); err != nil {
			return false, err
		}
	}
	d, err := w.session()
	if err != nil || !d.Unlocked {
		return true, err
	}
	w.Happened(EventLocked, w.Site.Name(), "", map[string]any{"already": false})
	d.Unlocked = false
	return false, w.Shelf.Save(recordSession, d, nil)
}

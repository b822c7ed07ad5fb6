"""Who works on what: the mediator of a case, the lawyers' queue, claim and release."""

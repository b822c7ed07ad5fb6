"""出价记录: what each side offers to the mediator, kept from the other side until it is released."""

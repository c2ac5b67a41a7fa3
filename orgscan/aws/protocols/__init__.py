"""AWS's wire protocols that the lean path speaks: one module each, behind one interface."""

"""How calls arrive and answers leave: signatures, credentials, protocols."""

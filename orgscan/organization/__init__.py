"""Accounts, organizational units and regions, and the targets made of them."""

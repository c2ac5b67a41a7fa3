"""Remediation: plan, apply and rollback. The only place that calls what changes something."""

"""What orgscan needs to be allowed, in one table; the policies and the check made from it."""

"""Tenancies, and the pure rules of who may do what, where."""

"""Text from outside: hidden characters made visible, JSON read so that nothing in it can hurt later."""

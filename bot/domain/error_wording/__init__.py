"""An error text without what changes from one time to the next: ids, numbers, times, paths, quoted values and masks."""

"""Who may do what, where: hands out the Admission, the only key to an incident or a run."""

"""A failing run and its rerun, side by side."""

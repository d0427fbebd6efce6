"""Measures the portal on a large network, each job side by side with its floor: `python -m bench`."""

"""Commerce: what is traded. Products, prices, rates, sell-in."""

"""Letters with their truth, written without a look at the recognisers: see README.md."""

"""The seam with the Bot Framework SDK, in both directions."""

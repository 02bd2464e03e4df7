"""Side by side with bare loops, in one interleaved run: figures are ratios and medians."""

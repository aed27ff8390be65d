"""Timings and shares, run by hand; they print ratios and assert nothing."""

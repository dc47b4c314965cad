"""How fast the check is, held against its peers and its limits, on a made-up world of any size.

Figures are aims, never assertions; that all answers agree is asserted before anything is timed.
"""

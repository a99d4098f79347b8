"""Random money for Hypothesis. Written as text: Python's arithmetic would round to 28 digits."""

from decimal import Decimal

from hypothesis import strategies as st

#: Everything that a column can hold, zero included.
amounts = st.integers(1 - 10**36, 10**36 - 1).map(lambda units: Decimal(f"{units}E-18"))
#: A few smallest units: neighbours are where comparisons go wrong.
close = st.integers(-50, 50).map(lambda units: Decimal(f"{units}E-18"))
#: Finer than what a column can hold.
finer = st.integers(-(10**40), 10**40).map(lambda units: Decimal(f"{units}E-21"))

"""Masking of personal data in running text: who wrote it and whom it names, and by which numbers they are known.

The floor's, because extracts, notices and what leaves the house all need the same. Brazilian Portuguese first, Spanish
and English beside it. How well it does is measured on messages of its own (`python -m benchmarks.masking`).
"""

from ouvidor.masking.known import Known
from ouvidor.masking.mask import find, mask, mask_together
from ouvidor.masking.masked import Found, Kind, Mask, Masked, Why

__all__ = ["Found", "Kind", "Known", "Mask", "Masked", "Why", "find", "mask", "mask_together"]

"""hearing 议: the decision room of a residential neighbourhood."""

import os

__version__ = "0.1.0"

# Before anything imports openpyxl: with lxml beside it, which comes with a seal, it would read the XML of a workbook by
# lxml, which expands entities that defusedxml refuses.
os.environ["OPENPYXL_LXML"] = "False"

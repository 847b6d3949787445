"""Reading the ledger of sites that a county already keeps, so that nobody types a thousand premises twice.

    for row in read_ledger("台账.xlsx", data):                  # LedgerError: the file as a whole cannot be read
        fields, errors, warnings = parse_row(row.cells, row.row_number)
        errors += duplicates.check(row.row_number, fields)      # duplicates = Duplicates(), one per file

Pure: nothing is stored here. `natural_key(fields)` is what a repeated import recognises a site by.
"""

from sync.ledger.columns import COLUMNS
from sync.ledger.duplicates import Duplicates, natural_key
from sync.ledger.errors import LEDGER_ERRORS, REMEDIES, ROW_CODES, LedgerError, RowError
from sync.ledger.reading import LedgerRow, read_ledger, read_tables
from sync.ledger.row import parse_row
from sync.ledger.template import template_rows

__all__ = ["COLUMNS", "LEDGER_ERRORS", "REMEDIES", "ROW_CODES", "Duplicates", "LedgerError", "LedgerRow", "RowError",
           "natural_key", "parse_row", "read_ledger", "read_tables", "template_rows"]

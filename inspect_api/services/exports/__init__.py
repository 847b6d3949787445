"""XLSX files: of a report, and of the lists that offices work with. book.py is alone in knowing XlsxWriter."""

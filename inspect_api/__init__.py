"""The top floor: HTTP, SQL and configuration. Alone in knowing Flask and SQLAlchemy."""

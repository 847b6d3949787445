"""What the resources and the command line do to the database, one concern a file. No HTTP here."""

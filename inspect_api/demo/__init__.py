"""A demo county as plain data. Divisions are real; every site, person and number of residents in it is invented."""

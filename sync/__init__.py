"""How phones and offices hand things in: the form of a push, ledgers, coordinates. Pure: knows neither HTTP nor SQL."""

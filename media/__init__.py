"""Photos: uploads, backends, evidence. Empty until uploads are built. Pure: knows neither HTTP nor SQL."""

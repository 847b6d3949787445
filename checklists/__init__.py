"""What the plans ask: plans, item bank, checklists, answers, verdicts. Pure: knows neither HTTP nor SQL."""

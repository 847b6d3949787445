"""Photos: what names them, how they come in, where they lie, what is shown of them, and what they prove."""

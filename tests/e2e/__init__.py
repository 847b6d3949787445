"""People with real phones: the app in Chromium, against the real server, over everything that happens to phones."""

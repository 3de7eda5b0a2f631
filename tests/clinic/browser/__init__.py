"""The clinic as people meet it: a real server, a real Chromium, the demonstration's patients."""

"""What the studio receives and sends, one file a page."""

"""What is sent and answered about rounds, proposals and decisions."""

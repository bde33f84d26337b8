"""The Celery process, and the contract that it shares with the web process."""

"""The workers' log lines: caught in each process, shipped to Redis, read there."""

"""The board in a terminal: lists tasks, watches them, follows logs, over the same protocol as the pages."""

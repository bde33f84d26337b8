"""What a user would have instead of Pushboard, as its own documentation tells to build it."""
